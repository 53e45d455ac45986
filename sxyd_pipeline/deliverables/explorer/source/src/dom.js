// Elements from data: text only ever enters as text.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== "list" && key !== "style") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const clear = (element) => { element.replaceChildren(); return element; };

export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && size < 0.0005) return value.toExponential(1);
  const decimals = size >= 1000 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1)));
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.min(decimals, 4) });
}

// Tens of thousands and hundreds of millions as Chinese readers count them, thousands and millions else.
export function short(value) {
  const size = Math.abs(value);
  const steps = document.documentElement.lang === "en" ? [[1e9, "G"], [1e6, "M"], [1e3, "k"]] : [[1e8, "亿"], [1e4, "万"]];
  const [step, word] = steps.find(([one]) => size >= one) || [1, ""];
  return `${number(value / step, 3)}${word}`;
}

export function save(name, parts, type) {
  const link = el("a", { download: name, href: URL.createObjectURL(new Blob(parts, { type })) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A spreadsheet takes a cell that begins like this for a formula.
const FORMULA = /^[=+\-@\t\r]/;
function cell(value) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (typeof value === "string" && FORMULA.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveCsv(name, header, rows) {
  const lines = [header, ...rows].map((row) => row.map(cell).join(","));
  save(name, ["\ufeff" + lines.join("\r\n")], "text/csv;charset=utf-8");
}
