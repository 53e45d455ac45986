// The question people ask of the list every day: may this project stand here? The rules are those of
// the clauses; what they need and the page does not know is asked for, never guessed.
import { clear, el, number } from "./dom.js";
import { pick, t } from "./words.js";

// Rules and words are those of `sxyd check-project` (clause_metrics.csv, project_objects.csv); what needs
// emission factors is not computed here: it is asked for, or left to the command.
const COMPARE = { "<=": (a, b) => a <= b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, ">": (a, b) => a > b, "==": (a, b) => a === b };
const BANS = new Set(["禁止", "不得"]);
const CURBS = new Set(["限制", "严格控制"]);
const OF_EXISTING = new Set(["退出", "搬迁"]);
const NOT_OF_PROJECTS = new Set(["area", "activity", "species"]);
const NEW = ["新建", "改建", "扩建", "新增", "引进", "建设项目"];
const PASSED_OVER = new Set(["area_target", "not_judged"]);
export const ORDER = ["refused", "argue", "undecidable", "conform"];
const words = (text) => (text || "").split(/[;；]+/).filter(Boolean);
const covers = (codes, industry) => codes.some((code) => industry.startsWith(code));

export function traitsOf(project, rules) {
  const industrial = Number(project.industry.slice(0, 2)) >= 6 && Number(project.industry.slice(0, 2)) <= 46;
  const burnt = project.fuels.filter((fuel) => fuel in rules.prohibited);
  const banned = burnt.filter((fuel) => !covers(words(rules.prohibited[fuel]), project.industry));
  const found = {
    any: true, two_high: rules.two_high.some(([code, only]) => project.industry.startsWith(code) && (only === "" || words(only).some((one) => project.fuels.includes(one)))), carbon_eia: covers(rules.carbon_eia, project.industry), industrial,
    emitting_industry: industrial && project.fuels.length > 0, coal: project.fuels.some((fuel) => rules.coals.includes(fuel)), prohibited_fuel: banned.length > 0, livestock: project.industry.startsWith("03"),
  };
  return { names: new Set(Object.keys(found).filter((name) => found[name])), banned, spared: burnt.filter((fuel) => !banned.includes(fuel)) };
}

const meaning = (text, objects) => objects.find((row) => row.words.split(";").every((part) => part.split("|").some((word) => text.includes(word))));

function judgeText(clause, project, traits, place, rules) {
  const named = words(clause.industries).length > 0;
  const rule = meaning(clause.text, rules.objects);
  if (rule) {
    const holds = new Set(traits.names);
    if (named) holds.add("named_industry");
    if (rule.outcome === "not_applicable" || !holds.has(rule.applies_if)) return null;
    if (rule.outcome === "in_park") return place.is_park ? { verdict: "conform", needed: [rule.zh, rule.en] } : { verdict: CURBS.has(clause.verb) ? "argue" : "refused", needed: [`${rule.zh}；选址到依法设立并经规划环评的产业园区`, `${rule.en}; choose a site in a lawful park`] };
    if (rule.outcome === "refuse" && BANS.has(clause.verb)) return { verdict: "refused", needed: [rule.zh, rule.en] };
    return { verdict: "argue", needed: [rule.zh, rule.en] };
  }
  if (OF_EXISTING.has(clause.verb) || (NOT_OF_PROJECTS.has(clause.object_type) && !named)) return null;
  if (clause.verb === "鼓励") return { verdict: "conform", needed: ["鼓励性条款，不作准入条件", "encouraged, no condition"] };
  if (BANS.has(clause.verb) && named) return { verdict: "refused", needed: [`项目行业 ${project.industry} 属于禁止之列`, `industry ${project.industry} is prohibited here`] };
  if (CURBS.has(clause.verb) && named) return { verdict: "argue", needed: [`项目行业 ${project.industry} 属于限制之列`, `industry ${project.industry} is limited here`] };
  if (!named && !NEW.some((word) => clause.text.includes(word))) return null;
  return { verdict: "argue", needed: ["文字性条款，须在环评文件中逐条说明", "a clause in words: to be answered in the EIA"] };
}

export function judge(clause, project, traits, place, rules) {
  const metric = clause.operator in COMPARE && typeof clause.threshold === "number" ? rules.metrics[clause.metric] : undefined;
  const codes = words(clause.industries);
  if (codes.length && !(metric && metric.total) && !covers(codes, project.industry)) return null;
  if (!metric) return judgeText(clause, project, traits, place, rules);
  const kind = metric.project.split(":")[0];
  const rule = meaning(clause.text, rules.objects);
  if (rule && kind === "stated" && rule.applies_if !== "named_industry" && !traits.names.has(rule.applies_if)) return null;
  const limit = `${clause.operator} ${number(clause.threshold, 5)} ${clause.unit || metric.unit}`;
  if (clause.metric in project.figures) {
    const stated = project.figures[clause.metric];
    const holds = COMPARE[clause.operator](stated, clause.threshold);
    return { verdict: holds ? "conform" : "refused", needed: [`${metric.zh}：${number(stated, 5)}，限值 ${limit}`, `${metric.en}: ${number(stated, 5)}, limit ${limit}`] };
  }
  if (PASSED_OVER.has(kind)) return null;
  if (kind === "fuel_ban") {
    const names = (fuels) => fuels.map((fuel) => rules.fuel_names[fuel] || fuel).join("、");
    if (traits.banned.length) return { verdict: "refused", needed: [`禁燃范围内燃用${names(traits.banned)}；改用天然气、电力、集中供热等清洁能源`, `prohibited fuel: ${names(traits.banned)}; use gas, electricity or district heat`] };
    if (traits.spared.length) return { verdict: "argue", needed: [`${names(traits.spared)}：所属行业按禁燃区通告豁免，须核对`, `${names(traits.spared)}: the proclamation may exempt the industry`] };
    return { verdict: "conform", needed: ["项目不燃用高污染燃料", "no prohibited fuel is burnt"] };
  }
  return { verdict: "undecidable", needed: [`填报 ${metric.zh}（${clause.metric} ${limit}），或用 sxyd check-project 按因子估算`, `state ${metric.en} (${clause.metric} ${limit}), or let sxyd check-project estimate it`] };
}

export function showProject(parent, data, map) {
  const lon = el("input", { type: "number", step: "0.0001", id: "p-lon", value: "" });
  const lat = el("input", { type: "number", step: "0.0001", id: "p-lat", value: "" });
  const industry = el("input", { type: "text", id: "p-industry", pattern: "\\d{4}", maxLength: 4, placeholder: "3140" });
  const rules = { ...data.project, fuel_names: Object.fromEntries(data.fuels.map((one) => [one.code, one.name])) };
  const fuels = el("select", { multiple: true, size: 6, id: "p-fuels" }, data.fuels.map((one) => el("option", { value: one.code }, one.name)));
  const metrics = [...new Set(data.clauses.filter((one) => one.metric && one.threshold !== null).map((one) => one.metric))].filter((metric) => metric in rules.metrics).sort();
  const figures = el("div", { class: "figures" });
  const addFigure = () => figures.append(el("div", {}, el("select", { "aria-label": t("figures") }, metrics.map((metric) => el("option", { value: metric }, `${pick(rules.metrics[metric].zh, rules.metrics[metric].en)} (${rules.metrics[metric].unit || "1"})`))), el("input", { type: "number", step: "any", "aria-label": t("figures") }), el("button", { type: "button", class: "quiet", "aria-label": t("close"), onclick: (event) => event.target.parentElement.remove() }, "✕")));
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
    if (!/^\d{4}$/.test(industry.value.trim())) { answer.append(el("p", { class: "verdict refused" }, t("industry"))); return; }
    if (unit < 0) { answer.append(el("p", { class: "verdict refused" }, t("outside"))); return; }
    const project = { industry: industry.value.trim(), fuels: [...fuels.selectedOptions].map((one) => one.value), figures: Object.fromEntries([...figures.children].filter((row) => row.children[1].value !== "").map((row) => [row.children[0].value, Number(row.children[1].value)])) };
    const zones = map.zonesAt(...world).map((i) => data.zones[i]);
    const types = new Set(zones.map((zone) => zone.type));
    const traits = traitsOf(project, rules);
    const standing = { is_park: data.project.park_words.some((word) => data.units.name[unit].includes(word)) };
    // Clauses of zone types hold where the point lies in such a zone, not in the whole unit.
    const reaching = (data.lists[unit] || []).map(([index]) => data.clauses[index]).filter((clause) => clause.level !== "zone_type" || types.has(clause.scope));
    const rows = reaching.map((clause) => ({ clause, found: judge(clause, project, traits, standing, rules) })).filter((row) => row.found);
    rows.sort((a, b) => ORDER.indexOf(a.found.verdict) - ORDER.indexOf(b.found.verdict));
    const worst = rows[0]?.found.verdict || "conform";
    answer.append(el("p", { class: `verdict ${worst}` }, `${t("verdict")}：${t(worst)}（${ORDER.map((one) => `${t(one)} ${rows.filter((row) => row.found.verdict === one).length}`).join("，")}）`),
      el("p", {}, `${t("unit")}：${data.units.name[unit]} ${data.units.code[unit]} · ${pick(data.classes[data.units.cls[unit]].zh, data.classes[data.units.cls[unit]].en)}`), el("p", {}, `${t("zones")}：${zones.map((zone) => `${zone.type_name}（${zone.code}）`).join("；") || "–"}`),
      el("table", { class: "grid" }, el("thead", {}, el("tr", {}, [t("verdict"), t("clause"), t("needed"), t("basis")].map((one) => el("th", {}, one)))), el("tbody", {}, rows.map(({ clause, found }) => el("tr", {}, el("td", {}, el("span", { class: `verdict ${found.verdict}` }, t(found.verdict))), el("td", {}, clause.text, el("br"), el("small", {}, clause.id)), el("td", {}, pick(...found.needed)), el("td", {}, clause.basis || "–"))))));
  };
  clear(parent).append(el("form", { class: "project", onsubmit: run }, el("p", { class: "muted" }, t("projectNote")),
    el("label", {}, t("lon"), lon), el("label", {}, t("lat"), lat), el("label", {}, t("industry"), industry), el("label", {}, t("fuels"), fuels), el("fieldset", {}, el("legend", {}, t("figures")), figures, el("button", { type: "button", onclick: addFigure }, t("addFigure"))), el("button", { type: "submit", class: "main" }, t("check"))), answer);
}
