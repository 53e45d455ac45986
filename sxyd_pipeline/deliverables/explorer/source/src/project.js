// The question people ask of the list every day: may this project stand here? The rules are those of
// the clauses; what they need and the page does not know is asked for, never guessed.
import { clear, el, number } from "./dom.js";
import { pick, t } from "./words.js";

const COMPARE = { "<=": (a, b) => a <= b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, ">": (a, b) => a > b, "==": (a, b) => a === b };
const FORBIDS = new Set(["禁止", "不得", "退出", "搬迁"]);
const words = (text) => (text || "").split(/[;；,，\s]+/).filter(Boolean);

// A code of the classification stands for everything below it: 31 for 3110, 3120 ...
const covers = (codes, industry) => codes.some((code) => industry.startsWith(code));

export function judge(clause, project) {
  const industries = words(clause.industries);
  if (industries.length && !covers(industries, project.industry)) return null;
  const fuels = clause.object_type === "fuel" ? words(clause.object_key) : [];
  if (fuels.length && !fuels.some((fuel) => project.fuels.includes(fuel))) return null;
  if (clause.metric && clause.operator in COMPARE && clause.threshold !== null) {
    const stated = project.figures[clause.metric];
    const limit = `${clause.metric} ${clause.operator} ${number(clause.threshold, 5)} ${clause.unit || ""}`;
    if (stated === undefined) return { verdict: "undecided", needed: limit };
    const holds = COMPARE[clause.operator](stated, clause.threshold);
    return { verdict: holds ? "passed" : "refused", needed: holds ? "" : `${limit}；${number(stated - clause.threshold, 4)}` };
  }
  const aimed = industries.length > 0 || fuels.length > 0;
  if (aimed && FORBIDS.has(clause.verb)) return { verdict: clause.condition ? "to_argue" : "refused", needed: clause.condition || clause.text };
  return { verdict: "to_argue", needed: clause.condition || "" };
}

export function showProject(parent, data, map) {
  const lon = el("input", { type: "number", step: "0.0001", id: "p-lon", value: "" });
  const lat = el("input", { type: "number", step: "0.0001", id: "p-lat", value: "" });
  const industry = el("input", { type: "text", id: "p-industry", pattern: "\\d{4}", maxLength: 4, placeholder: "3140" });
  const fuels = el("select", { multiple: true, size: 6, id: "p-fuels" }, data.fuels.map((one) => el("option", { value: one.code }, one.name)));
  const metrics = [...new Set(data.clauses.filter((one) => one.metric && one.threshold !== null).map((one) => one.metric))].sort();
  const figures = el("div", { class: "figures" });
  const addFigure = () => figures.append(el("div", {}, el("select", { "aria-label": t("figures") }, metrics.map((metric) => el("option", { value: metric }, metric))), el("input", { type: "number", step: "any", "aria-label": t("figures") }), el("button", { type: "button", class: "quiet", "aria-label": t("close"), onclick: (event) => event.target.parentElement.remove() }, "✕")));
  const answer = el("div", { class: "answer", role: "status" });
  const place = () => {
    const [west, south, east, north] = data.geo.box;
    return [((Number(lon.value) - west) / (east - west)) * data.geo.size[0], ((north - Number(lat.value)) / (north - south)) * data.geo.size[1]];
  };
  const run = (event) => {
    event.preventDefault();
    const world = place();
    const unit = lon.value === "" || lat.value === "" ? -1 : map.at(...world);
    clear(answer);
    map.marker = world;
    if (unit < 0) { answer.append(el("p", { class: "verdict fail" }, t("outside"))); return; }
    const project = { industry: industry.value.trim(), fuels: [...fuels.selectedOptions].map((one) => one.value), figures: Object.fromEntries([...figures.children].filter((row) => row.children[1].value !== "").map((row) => [row.children[0].value, Number(row.children[1].value)])) };
    const zones = map.zonesAt(...world).map((i) => data.zones[i]);
    const rows = (data.lists[unit] || []).map(([index]) => ({ clause: data.clauses[index], found: judge(data.clauses[index], project) })).filter((row) => row.found);
    const order = ["refused", "undecided", "to_argue", "passed"];
    rows.sort((a, b) => order.indexOf(a.found.verdict) - order.indexOf(b.found.verdict));
    const worst = rows[0]?.found.verdict || "passed";
    answer.append(el("p", { class: `verdict ${worst}` }, `${t("verdict")}：${t(worst)}（${order.map((one) => `${t(one)} ${rows.filter((row) => row.found.verdict === one).length}`).join("，")}）`),
      el("p", {}, `${t("unit")}：${data.units.name[unit]} ${data.units.code[unit]} · ${pick(data.classes[data.units.cls[unit]].zh, data.classes[data.units.cls[unit]].en)}`), el("p", {}, `${t("zones")}：${zones.map((zone) => `${zone.type_name}（${zone.code}）`).join("；") || "–"}`),
      el("table", { class: "grid" }, el("thead", {}, el("tr", {}, [t("verdict"), t("clause"), t("needed"), t("basis")].map((one) => el("th", {}, one)))), el("tbody", {}, rows.map(({ clause, found }) => el("tr", {}, el("td", {}, el("span", { class: `verdict ${found.verdict}` }, t(found.verdict))), el("td", {}, clause.text, el("br"), el("small", {}, clause.id)), el("td", {}, found.needed), el("td", {}, clause.basis || "–"))))));
  };
  clear(parent).append(el("form", { class: "project", onsubmit: run }, el("p", { class: "muted" }, t("projectNote")),
    el("label", {}, t("lon"), lon), el("label", {}, t("lat"), lat), el("label", {}, t("industry"), industry), el("label", {}, t("fuels"), fuels), el("fieldset", {}, el("legend", {}, t("figures")), figures, el("button", { type: "button", onclick: addFigure }, t("addFigure"))), el("button", { type: "submit", class: "main" }, t("check"))), answer);
}
