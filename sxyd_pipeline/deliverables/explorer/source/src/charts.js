// Charts. Hidden ones are not resized: the library fails on a size of nothing.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { number, short } from "./dom.js";
import { pick, t } from "./words.js";

echarts.use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, CanvasRenderer]);

export const CLASS_COLOURS = { 1: "#1A7A4A", 2: "#F0803C", 3: "#FFF3B0" };
const SCENARIO_COLOURS = ["#8a8a8a", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"];
const QUADRANT_COLOURS = { I: "#009E73", II: "#E69F00", III: "#B3132B", IV: "#0072B2", axis: "#777777" };
const FONT = '"Noto Sans SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif';
const base = (title) => ({ animation: false, textStyle: { fontFamily: FONT }, title: { text: title, left: 8, top: 4, textStyle: { fontSize: 13, fontWeight: 600 } }, tooltip: { confine: true } });

// Names of vertical axes stand beside them: above, they would run into the title.
const beside = { nameLocation: "middle", nameGap: 52, nameTextStyle: { fontSize: 11 } };

const live = [];
export function chart(element) {
  const one = echarts.init(element, null, { renderer: "canvas" });
  live.push([element, one]);
  return one;
}
new ResizeObserver(() => resize()).observe(document.documentElement);
export const resize = () => live.forEach(([element, one]) => { if (element.clientWidth && element.clientHeight) one.resize(); });

export function drawDistricts(one, data, values, shown, indicator) {
  const sums = data.districts.map(() => ({ 1: 0, 2: 0, 3: 0 }));
  data.units.code.forEach((_, i) => { if (shown(i) && values[i] !== null && data.units.district[i] >= 0) sums[data.units.district[i]][data.units.cls[i]] += values[i]; });
  const total = sums.reduce((all, sum) => all + sum[1] + sum[2] + sum[3], 0);
  one.setOption({
    ...base(`${t("byDistrict")} · ${pick(indicator.zh, indicator.en)}`), tooltip: { confine: true, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => `${number(value)} ${indicator.unit}` },
    legend: { top: 4, right: 8, itemWidth: 14, itemHeight: 9 }, grid: { left: 10, right: 24, top: 34, bottom: 26, containLabel: true },
    xAxis: { type: "value", axisLabel: { formatter: short, hideOverlap: true }, name: indicator.unit, nameLocation: "middle", nameGap: 22 }, yAxis: { type: "category", data: data.districts.map((one_) => one_.name), inverse: true },
    series: [1, 2, 3].map((cls) => ({ name: data.classes[cls][pick("zh", "en")], type: "bar", stack: "all", itemStyle: { color: CLASS_COLOURS[cls], borderColor: "#777", borderWidth: 0.4 }, data: sums.map((sum) => sum[cls]) })),
  }, true);
  return total;
}

export function drawScatter(one, data, co2, apeq, shown, selected, onSelect) {
  const points = (cls) => data.units.code.flatMap((_, i) => (data.units.cls[i] === cls && shown(i) && co2[i] > 0 && apeq[i] > 0 ? [{ value: [co2[i], apeq[i], i], symbolSize: i === selected ? 16 : 8, itemStyle: i === selected ? { borderColor: "#000", borderWidth: 2 } : {} }] : []));
  const line = { silent: true, symbol: "none", lineStyle: { type: "dashed", color: "#666" }, label: { show: false } };
  const means = data.means || null;
  one.off("click");
  one.on("click", (event) => onSelect(event.value[2]));
  one.setOption({
    ...base(t("scatter")), tooltip: { show: false },
    legend: { top: 4, right: 8, itemWidth: 10, itemHeight: 9 }, grid: { left: 34, right: 24, top: 34, bottom: 30, containLabel: true },
    xAxis: { type: "log", name: `CO2 t/km²`, nameLocation: "middle", nameGap: 22, axisLabel: { formatter: short, hideOverlap: true } }, yAxis: { type: "log", name: pick("污染当量 t/km²", "APeq t/km²"), ...beside, axisLabel: { formatter: short, hideOverlap: true } },
    series: [1, 2, 3].map((cls, at) => ({ name: data.classes[cls][pick("zh", "en")], type: "scatter", symbol: ["circle", "rect", "triangle"][at], itemStyle: { color: CLASS_COLOURS[cls], borderColor: "#555", borderWidth: 0.6 }, data: points(cls), markLine: at === 0 && means ? { ...line, data: [{ xAxis: means[0] }, { yAxis: means[1] }] } : undefined })),
  }, true);
}

export function drawPathways(one, data, species) {
  const series = data.totals[species] || {};
  const names = Object.keys(series);
  const bands = names.flatMap((scenario, i) => [
    { name: scenario, type: "line", stack: `low-${scenario}`, data: series[scenario].map((row) => [String(row[0]), row[2]]), lineStyle: { opacity: 0 }, symbol: "none", silent: true, tooltip: { show: false } },
    { name: scenario, type: "line", stack: `low-${scenario}`, data: series[scenario].map((row) => [String(row[0]), row[3] === null ? null : row[3] - row[2]]), lineStyle: { opacity: 0 }, symbol: "none", silent: true, areaStyle: { color: SCENARIO_COLOURS[i % 6], opacity: 0.13 }, tooltip: { show: false } },
  ]);
  const label = (id) => { const found = data.scenarios.find((one_) => one_.id === id); return found ? pick(found.zh, found.en) : id; };
  one.setOption({
    ...base(`${t("pathways")} · ${species}`), tooltip: { confine: true, trigger: "axis", valueFormatter: (value) => `${number(value, 4)} t` }, legend: { top: 4, right: 8, data: names.map(label) },
    grid: { left: 34, right: 16, top: 62, bottom: 8, containLabel: true }, xAxis: { type: "category", boundaryGap: false }, yAxis: { type: "value", scale: true, name: "t/a", ...beside, axisLabel: { formatter: short, hideOverlap: true } },
    series: [...names.map((scenario, i) => ({ name: label(scenario), type: "line", symbol: ["circle", "rect", "triangle", "diamond"][i % 4], symbolSize: 6, lineStyle: { width: 2, type: ["solid", "dashed", "dotted"][i % 3] }, itemStyle: { color: SCENARIO_COLOURS[i % 6] }, data: series[scenario].map((row) => [String(row[0]), row[1]]) })), ...bands],
  }, true);
}

export function drawCoordinates(one, rows, onSelect) {
  const signed = (value) => Math.sign(value) * Math.log10(1 + Math.abs(value));
  const back = (value) => Math.sign(value) * (10 ** Math.abs(value) - 1);
  one.off("click");
  one.on("click", (event) => onSelect(event.dataIndex));
  one.setOption({
    ...base(t("coordinates")), tooltip: { confine: true, formatter: (point) => echarts.format.encodeHTML(point.name) }, grid: { left: 34, right: 30, top: 40, bottom: 34, containLabel: true },
    xAxis: { type: "value", name: t("apeqReduced"), nameLocation: "middle", nameGap: 26, axisLabel: { formatter: (value) => short(back(value)), hideOverlap: true } }, yAxis: { type: "value", name: t("co2Reduced"), ...beside, axisLabel: { formatter: (value) => short(back(value)), hideOverlap: true } },
    series: [{ type: "scatter", symbolSize: 11, data: rows.map((row) => ({ name: row.name, value: [signed(row.apeq), signed(row.co2)], symbol: { I: "circle", II: "triangle", III: "diamond", IV: "rect" }[row.quadrant] || "emptyCircle", itemStyle: { color: QUADRANT_COLOURS[row.quadrant], borderColor: "#333" }, label: { show: true, position: "right", formatter: row.name, fontSize: 10, color: "#333" } })), labelLayout: { hideOverlap: true } }],
  }, true);
}

export function drawMac(one, rows) {
  const boxes = rows.map((row) => [row.cumulative - row.width, row.cumulative, row.cost, row.name]);
  one.setOption({
    ...base(t("mac")), tooltip: { confine: true, formatter: (box) => echarts.format.encodeHTML(box.name) }, grid: { left: 34, right: 24, top: 40, bottom: 34, containLabel: true },
    xAxis: { type: "value", name: t("cumulative"), nameLocation: "middle", nameGap: 26, min: 0, axisLabel: { formatter: short, hideOverlap: true } }, yAxis: { type: "value", name: t("unitCost"), ...beside, axisLabel: { formatter: short, hideOverlap: true } },
    series: [{ type: "custom", dimensions: ["from", "to", "cost"], encode: { x: [0, 1], y: 2 }, data: boxes.map((box) => ({ name: `${box[3]} · ${number(box[2])} ${t("unitCost")}`, value: box.slice(0, 3) })),
      renderItem: (_, api) => { const [x0, y0] = api.coord([api.value(0), 0]); const [x1, y1] = api.coord([api.value(1), api.value(2)]); return { type: "rect", shape: { x: x0, y: Math.min(y0, y1), width: Math.max(x1 - x0, 1), height: Math.max(Math.abs(y1 - y0), 1) }, style: { fill: api.value(2) < 0 ? "#009E73" : "#D9622B", stroke: "#ffffff" } }; } }],
  }, true);
}
