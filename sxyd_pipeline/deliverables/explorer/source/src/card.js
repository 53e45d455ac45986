// Everything about one control unit: emissions, scores with reasons, clauses with evidence.
import { clear, el, number } from "./dom.js";
import { pick, t } from "./words.js";

const DIMENSIONS = ["space", "emission", "risk", "resource"];

export function showCard(panel, data, unit, slice, handlers) {
  const { scenario, year } = slice;
  const of = (name) => data.values[name]?.[scenario]?.[year]?.[unit] ?? null;
  const facts = data.indicators.filter((one) => one.card).map((one) => el("tr", {}, el("th", {}, pick(one.zh, one.en)), el("td", {}, one.categories ? one.categories[of(one.id)] ?? "–" : number(of(one.id), 4)), el("td", { class: "unit" }, one.unit)));
  const ranks = data.ranks?.[scenario]?.[year]?.[unit];
  const reasons = data.reasons?.[unit]?.[scenario]?.[year];
  const parts = data.contributions?.[scenario]?.[year]?.[unit];
  const sources = data.sources?.[unit] || [];
  clear(panel).append(
    el("header", {}, el("div", {}, el("h2", {}, data.units.name[unit]), el("p", { class: "muted" }, `${data.units.code[unit]} · ${pick(data.classes[data.units.cls[unit]].zh, data.classes[data.units.cls[unit]].en)} · ${number(data.units.area[unit])} km²`)),
      el("button", { type: "button", class: "quiet", "aria-label": t("close"), onclick: handlers.close }, "✕")),
    el("button", { type: "button", onclick: handlers.project }, t("askHere")),
    el("section", {}, el("h3", {}, `${t("scores")} · ${data.scenarioName(scenario)} · ${data.years[year]}`),
      ranks ? el("p", { class: "rank" }, `${t("rank")} ${ranks[0]}`, el("span", { class: "muted" }, ` [${ranks[1]}–${ranks[2]}] / ${data.units.code.length} · P = ${number(ranks[3], 2)}`)) : null,
      reasons ? el("p", {}, pick(reasons[0], reasons[1])) : null, el("table", { class: "facts" }, facts)),
    parts ? el("section", {}, el("h3", {}, t("why")), bars(parts.map((value, i) => [pick(data.components[i].zh, data.components[i].en), value]))) : null,
    sources.length ? el("section", {}, el("h3", {}, t("sources")), el("ul", { class: "plain" }, sources.map((one) => el("li", {}, one)))) : null,
    clausesOf(data, unit),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
}

function bars(rows) {
  const most = Math.max(...rows.map((row) => row[1]), 1e-9);
  return el("div", { class: "bars" }, rows.map(([label, value]) => { const bar = el("i"); bar.style.width = `${(100 * value) / most}%`; return el("div", {}, el("span", {}, label), el("b", {}, bar), el("em", {}, number(value, 3))); }));
}

function clausesOf(data, unit) {
  const list = (data.lists[unit] || []).map(([index, via]) => ({ ...data.clauses[index], via, index }));
  if (!list.length) return null;
  return el("section", {}, el("h3", {}, `${t("clauses")} · ${list.length}`), DIMENSIONS.map((dimension) => {
    const rows = list.filter((clause) => clause.dimension === dimension);
    if (!rows.length) return null;
    return el("details", { open: dimension === "emission" }, el("summary", {}, `${pick(data.dimensions[dimension].zh, data.dimensions[dimension].en)} · ${rows.length}`), rows.map((clause) => clauseOf(data, unit, clause)));
  }));
}

function clauseOf(data, unit, clause) {
  const checks = data.checks.filter((one) => one[0] === clause.index && (one[1] === data.units.code[unit]));
  return el("article", { class: "clause" }, el("p", {}, el("span", { class: `state ${clause.state}` }, t(clause.state)), clause.carbon ? el("span", { class: "state carbon" }, "CO2") : null, clause.text),
    el("p", { class: "muted" }, `${clause.id} · ${t("from")}：${clause.from}${clause.via ? `（${clause.via}）` : ""}${clause.basis ? ` · ${t("basis")}：${clause.basis}` : ""}`),
    clause.reason_zh ? el("p", { class: "muted" }, `${t("reason")}：${pick(clause.reason_zh, clause.reason_en)}`) : null,
    clause.evidence.map((one) => el("p", { class: "evidence" }, `${t("evidence")}：${pick(one.zh, one.en)}`, el("small", {}, ` ${one.table} · ${t("goesAway")}：${pick(one.gone_zh, one.gone_en)}`))),
    checks.length ? el("p", {}, checks.map((one) => el("span", { class: `verdict ${one[4]}`, title: `${number(one[5], 4)} / ${number(one[6], 4)} ${one[7] || ""}` }, `${data.scenarioName(one[2])} ${data.years[one[3]] ?? ""} ${t(one[4])}`))) : null);
}
