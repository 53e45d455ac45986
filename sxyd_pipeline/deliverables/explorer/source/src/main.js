import { showCard } from "./card.js";
import { CLASS_COLOURS, chart, drawCoordinates, drawDistricts, drawMac, drawPathways, drawScatter, resize } from "./charts.js";
import { clear, el, number, save, saveCsv } from "./dom.js";
import { AreaMap } from "./map.js";
import { showProject } from "./project.js";
import { UnitTable } from "./table.js";
import { embeddedJson } from "./unpack.js";
import { getLanguage, pick, setLanguage, t } from "./words.js";

const RAMP = ["#FFF3D6", "#FBD08A", "#F4A259", "#D9622B", "#8C2D04"];
const SIGNED = ["#2166AC", "#67A9CF", "#D1E5F0", "#FDDBC7", "#EF8A62", "#B2182B"];
const CATEGORY = { quadrant: ["#8C2D04", "#7B5EA7", "#0072B2", "#E9E5DC"], score_class: ["#8C2D04", "#D9622B", "#FBD08A", "#F1EFE8"] };
const state = { indicator: 0, scenario: "", year: 0, cls: 0, text: "", selected: -1, tab: "map" };
let data;
let map;
let table;
let charts;

const byId = (id) => document.getElementById(id);
const valuesOf = (id) => data.values[id]?.[state.scenario]?.[state.year] || [];
const shown = (i) => (state.cls === 0 || data.units.cls[i] === state.cls) && (state.text === "" || `${data.units.name[i]} ${data.units.code[i]}`.toLowerCase().includes(state.text));

function breaks(values) {
  const known = values.filter((value) => value !== null && value !== undefined && value > 0).sort((a, b) => a - b);
  if (!known.length) return [];
  return [0.2, 0.4, 0.6, 0.8].map((share) => known[Math.min(known.length - 1, Math.floor(share * known.length))]);
}

// Classes hold for all scenarios and years of an indicator, so that maps can be compared.
function painterOf(indicator) {
  if (indicator.categories) return { colour: (value) => (value === null ? null : CATEGORY[indicator.id]?.[value] || "#999"), legend: indicator.categories.map((label, i) => [CATEGORY[indicator.id]?.[i] || "#999", label]) };
  const all = Object.values(data.values[indicator.id] || {}).flat(2).filter((value) => value !== null);
  if (indicator.signed) {
    const most = Math.max(...all.map(Math.abs), 1e-12);
    const cuts = [-2 / 3, -1 / 3, 0, 1 / 3, 2 / 3].map((share) => share * most);
    return { colour: (value) => (value === null ? null : SIGNED[cuts.filter((cut) => value > cut).length]), legend: legendOf(SIGNED, cuts) };
  }
  const cuts = breaks(all);
  return { colour: (value) => (value === null || value === undefined ? null : RAMP[cuts.filter((cut) => value > cut).length]), legend: legendOf(RAMP, cuts) };
}

function legendOf(colours, cuts) {
  return colours.slice(0, cuts.length + 1).map((colour, i) => [colour, i === 0 ? `≤ ${number(cuts[0])}` : i === cuts.length ? `> ${number(cuts[i - 1])}` : `${number(cuts[i - 1])} – ${number(cuts[i])}`]);
}

function refresh() {
  const indicator = data.indicators[state.indicator];
  const values = valuesOf(indicator.id);
  const painter = painterOf(indicator);
  map.paint(values.map((value) => painter.colour(value ?? null)), shown);
  const colours = new Map();
  values.forEach((value, i) => { if (shown(i)) { const colour = painter.colour(value ?? null); colours.set(colour, (colours.get(colour) || 0) + 1); } });
  const none = values.filter((value, i) => shown(i) && (value === null || value === undefined)).length;
  clear(byId("legend")).append(el("strong", {}, `${pick(indicator.zh, indicator.en)}${indicator.unit ? ` (${indicator.unit})` : ""}`),
    ...painter.legend.map(([colour, label]) => { const box = el("i"); box.style.background = colour; return el("div", {}, box, `${label}  `, el("small", {}, `${colours.get(colour) || 0}`)); }),
    none ? el("div", {}, el("i"), `${t("noData")}  `, el("small", {}, `${none}`)) : "");
  const rows = data.units.code.map((_, i) => i).filter(shown);
  byId("count").textContent = `${rows.length} ${t("units")}`;
  const listed = data.indicators.filter((one) => one.table || one.id === indicator.id);
  table.show([
    { title: t("code"), width: "112px", value: (i) => data.units.code[i] }, { title: t("name"), width: "minmax(90px, 2fr)", value: (i) => data.units.name[i] },
    { title: t("district"), width: "54px", value: (i) => data.districts[data.units.district[i]]?.name }, { title: t("area"), width: "58px", numeric: true, value: (i) => data.units.area[i] },
    ...listed.map((one) => ({ title: `${pick(one.zh, one.en)}`, width: "minmax(58px, 1fr)", numeric: !one.categories, digits: 4, value: (i) => { const value = valuesOf(one.id)[i] ?? null; return one.categories ? one.categories[value] ?? "" : value; } })),
  ], rows, 4);
  if (!indicator.categories && indicator.additive) drawDistricts(charts.districts, data, values, shown, indicator); else drawDistricts(charts.districts, data, valuesOf("co2_t"), shown, data.indicators.find((one) => one.id === "co2_t"));
  drawScatter(charts.scatter, data, valuesOf("co2_density"), valuesOf("apeq_density"), shown, state.selected, (i) => select(i, true));
  if (!byId("card").hidden && state.selected >= 0) openCard(state.selected);
}

function select(index, open = false) {
  state.selected = index;
  map.select(index);
  table.select(index);
  drawScatter(charts.scatter, data, valuesOf("co2_density"), valuesOf("apeq_density"), shown, index, (i) => select(i, true));
  if (open || !byId("card").hidden) openCard(index);
}

function openCard(index) {
  if (index < 0) return;
  showCard(byId("card"), data, index, { scenario: state.scenario, year: state.year }, { close: closeCard, project: () => askHere(index) });
}

// The form is filled with a place inside the unit: where it was clicked, or its middle.
function askHere(index) {
  const [west, south, east, north] = data.geo.box;
  const clicked = state.clicked && map.at(...state.clicked) === index ? state.clicked : map.inside(index);
  byId("p-lon").value = (west + (clicked[0] / data.geo.size[0]) * (east - west)).toFixed(4);
  byId("p-lat").value = (north - (clicked[1] / data.geo.size[1]) * (north - south)).toFixed(4);
  openTab("project");
  byId("p-industry").focus();
}

function closeCard() { byId("card").hidden = true; }

function hover(index, x, y) {
  const tip = byId("tip");
  if (index < 0) { tip.hidden = true; return; }
  const indicator = data.indicators[state.indicator];
  const value = valuesOf(indicator.id)[index] ?? null;
  clear(tip).append(el("strong", {}, data.units.name[index]), el("div", {}, `${pick(indicator.zh, indicator.en)}：${indicator.categories ? indicator.categories[value] ?? "–" : number(value, 4)} ${indicator.unit}`));
  tip.hidden = x === undefined;
  tip.style.left = `${Math.min(x + 14, innerWidth - 280)}px`;
  tip.style.top = `${y + 14}px`;
}

function choose(id, options, chosen, onChange) {
  const select_ = el("select", { id, onchange: (event) => { onChange(event.target.value); refresh(); } }, options.map(([value, label]) => el("option", { value, selected: String(value) === String(chosen) }, label)));
  return el("label", { htmlFor: id }, t(id), select_);
}

function build() {
  document.title = `${data.meta.city} · ${t("title")}`;
  const tabs = [["map", "tabMap"], ["measures", "tabMeasures"], ["project", "tabProject"], ["sql", "tabSql"], ["about", "tabAbout"]];
  clear(byId("top")).append(el("h1", {}, `${data.meta.city}${t("title")}`), el("nav", { role: "tablist" }, tabs.map(([id, word]) => el("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-selected": state.tab === id, onclick: () => openTab(id) }, t(word)))),
    data.meta.example ? el("span", { class: "mark" }, t("example")) : null, el("button", { type: "button", class: "quiet light", onclick: () => { setLanguage(getLanguage() === "zh" ? "en" : "zh"); build(); } }, getLanguage() === "zh" ? "English" : "中文"));
  clear(byId("controls")).append(
    choose("indicator", data.indicators.map((one, i) => [i, pick(one.zh, one.en)]), state.indicator, (value) => { state.indicator = Number(value); }),
    choose("scenario", data.scenarios.map((one) => [one.id, pick(one.zh, one.en)]), state.scenario, (value) => { state.scenario = value; }),
    choose("year", data.years.map((one, i) => [i, one]), state.year, (value) => { state.year = Number(value); }),
    choose("controlClass", [[0, t("all")], ...[1, 2, 3].map((cls) => [cls, pick(data.classes[cls].zh, data.classes[cls].en)])], state.cls, (value) => { state.cls = Number(value); }),
    el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), value: state.text, oninput: (event) => { state.text = event.target.value.trim().toLowerCase(); refresh(); } }), el("span", { id: "count", class: "muted" }),
    el("button", { type: "button", onclick: () => map.fit() }, t("reset")), el("button", { type: "button", onclick: savePicture }, t("savePng")), el("button", { type: "button", onclick: saveTable }, t("saveCsv")));
  byId("foot").textContent = `${t("release")} ${data.meta.release} · ${data.meta.crs} · ${data.meta.map_review} · ${t("offline")}`;
  table = new UnitTable(byId("table"), { select: (i) => select(i), hover: (i) => { map.hovered = i; map.mark(); }, open: openCard });
  buildMeasures();
  showProject(byId("project"), data, map);
  buildAbout();
  openTab(state.tab);
  refresh();
  if (state.selected >= 0) select(state.selected);
}

function openTab(id) {
  state.tab = id;
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== `view-${id}`;
  for (const tab of byId("top").querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", tab.id === `tab-${id}`);
  byId("controls").hidden = id !== "map";
  if (id !== "map") closeCard();
  if (id === "sql") openSql();
  resize();
}

function openSql() {
  const parent = byId("sql");
  if (!globalThis.sxydSql) { clear(parent).append(el("p", {}, t("noSql"))); return; }
  if (parent.dataset.language === getLanguage()) return;
  parent.dataset.language = getLanguage();
  globalThis.sxydSql.build(parent, data.queries.map((one) => ({ title: pick(one.zh, one.en), query: one.query })), data.tables, getLanguage());
}

function buildMeasures() {
  const species = Object.keys(data.totals);
  const pathways = (name) => drawPathways(charts.pathways, data, name);
  clear(byId("pathway-choice")).append(el("label", {}, t("species"), el("select", { onchange: (event) => pathways(event.target.value) }, species.map((one) => el("option", { value: one, selected: one === "CO2" }, one)))));
  pathways(species.includes("CO2") ? "CO2" : species[0]);
  drawCoordinates(charts.coordinates, data.measures, () => {});
  drawMac(charts.mac, data.mac);
  const columns = [[t("measure"), (row) => row.name], [t("quadrant"), (row) => row.quadrant], [t("apeqReduced"), (row) => row.apeq], [t("co2Reduced"), (row) => row.co2], [t("elasticity"), (row) => row.elasticity], [t("cost"), (row) => (row.cost === null ? null : row.cost / 1e4)], [t("unitCost"), (row) => row.unit_cost]];
  clear(byId("measure-table")).append(el("table", { class: "grid" }, el("thead", {}, el("tr", {}, columns.map(([title]) => el("th", {}, title)))), el("tbody", {}, data.measures.map((row) => el("tr", { title: row.mechanism }, columns.map(([, value]) => { const found = value(row); return el("td", { class: typeof found === "number" ? "num" : "" }, typeof found === "number" ? number(found, 4) : found ?? "–"); }))))));
}

function buildAbout() {
  clear(byId("about")).append(el("h2", {}, t("tabAbout")), el("table", { class: "facts" }, data.about.map(([zh, en, value]) => el("tr", {}, el("th", {}, pick(zh, en)), el("td", {}, value)))), el("p", {}, t("keys")), el("h3", {}, t("tables")),
    el("div", { class: "links" }, data.downloads.map((one) => el("button", { type: "button", onclick: () => saveCsv(`${one.name}.csv`, one.columns, one.rows()) }, `${pick(one.zh, one.en)} (CSV)`))),
    data.left_out.length ? el("p", { class: "muted" }, `${t("leftOut")}：${data.left_out.join(", ")}`) : null, el("details", {}, el("summary", {}, "Licences"), el("pre", {}, byId("sxyd-licences").textContent)));
}

function savePicture() {
  byId("map").toBlob((blob) => save(`${data.meta.release}.png`, [blob], "image/png"));
}

function saveTable() {
  saveCsv(`${data.meta.release}-${data.indicators[state.indicator].id}.csv`, table.columns.map((one) => one.title), table.order.map((i) => table.columns.map((one) => one.value(i))));
}

async function start() {
  data = await embeddedJson("sxyd-data");
  data.scenarioName = (id) => { const found = data.scenarios.find((one) => one.id === id); return found ? pick(found.zh, found.en) : id; };
  const clauseColumns = ["control_unit_code", "clause_id", "dimension", "state", "from", "clause_text", "reason_zh"];
  data.downloads = [
    { name: "control_units", zh: "管控单元指标", en: "indicators of control units", columns: ["control_unit_code", "control_unit_name", "scenario_id", "year", ...data.indicators.map((one) => one.id)], rows: () => data.scenarios.flatMap((scenario) => data.years.flatMap((year, y) => data.units.code.map((code, i) => [code, data.units.name[i], scenario.id, year, ...data.indicators.map((one) => { const value = data.values[one.id]?.[scenario.id]?.[y]?.[i] ?? null; return one.categories ? one.categories[value] ?? null : value; })]))) },
    { name: "access_list", zh: "单元准入清单", en: "access lists of control units", columns: clauseColumns, rows: () => data.units.code.flatMap((code, i) => (data.lists[i] || []).map(([index]) => { const one = data.clauses[index]; return [code, one.id, one.dimension, one.state, one.from, one.text, one.reason_zh]; })) },
    { name: "measures", zh: "措施协同效应", en: "effects of measures", columns: ["name", "quadrant", "apeq", "co2", "elasticity", "cost", "unit_cost"], rows: () => data.measures.map((row) => [row.name, row.quadrant, row.apeq, row.co2, row.elasticity, row.cost, row.unit_cost]) },
  ];
  state.scenario = data.scenarios.find((one) => one.id === "policy")?.id || data.scenarios[0].id;
  setLanguage(data.meta.language);
  charts = { districts: chart(byId("chart-districts")), scatter: chart(byId("chart-scatter")), pathways: chart(byId("chart-pathways")), coordinates: chart(byId("chart-coordinates")), mac: chart(byId("chart-mac")) };
  map = new AreaMap(byId("map"), data.geo, { hover, click: (i, world) => { state.clicked = world; if (i >= 0) select(i, true); } });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeCard(); });
  build();
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  document.body.dataset.ready = "failed";
  byId("foot").textContent = String(error.stack || error);
});
export { CLASS_COLOURS };
