// A table that only makes the rows one can see, linked with the map by the index of the unit.
import { clear, el, number } from "./dom.js";

const ROW = 26;

export class UnitTable {
  constructor(parent, handlers) {
    this.handlers = handlers;
    this.order = [];
    this.columns = [];
    this.sorted = { column: -1, down: true };
    this.selected = -1;
    this.head = el("div", { class: "thead", role: "row" });
    this.space = el("div", { class: "tspace" });
    this.body = el("div", { class: "tbody", tabIndex: 0, role: "rowgroup", onscroll: () => this.render(), onkeydown: (event) => this.key(event) }, this.space);
    this.frame = el("div", { class: "table", role: "table" }, this.head, this.body);
    clear(parent).append(this.frame);
    new ResizeObserver(() => this.render()).observe(this.body);
  }

  show(columns, rows, sortBy) {
    this.columns = columns;
    this.rows = rows;
    if (sortBy !== undefined && this.sorted.column < 0) this.sorted = { column: sortBy, down: true };
    this.frame.style.setProperty("--columns", columns.map((one) => one.width || "1fr").join(" "));
    clear(this.head).append(...columns.map((column, i) => el("button", {
      class: column.numeric ? "num" : "", role: "columnheader", type: "button",
      "aria-sort": i === this.sorted.column ? (this.sorted.down ? "descending" : "ascending") : "none",
      onclick: () => { this.sorted = { column: i, down: this.sorted.column === i ? !this.sorted.down : Boolean(column.numeric) }; this.show(this.columns, this.rows); },
    }, column.title, i === this.sorted.column ? (this.sorted.down ? " ▼" : " ▲") : "")));
    const column = columns[this.sorted.column];
    this.order = [...rows];
    if (column) {
      const sign = this.sorted.down ? -1 : 1;
      this.order.sort((a, b) => {
        const [x, y] = [column.value(a), column.value(b)];
        if (x === y) return a - b;
        if (x === null || x === undefined) return 1;
        if (y === null || y === undefined) return -1;
        return typeof x === "number" ? sign * (x - y) : sign * String(x).localeCompare(String(y), "zh");
      });
    }
    this.render();
  }

  render() {
    const top = this.body.scrollTop;
    const first = Math.max(0, Math.floor(top / ROW) - 4);
    const last = Math.min(this.order.length, Math.ceil((top + this.body.clientHeight) / ROW) + 4);
    this.space.style.height = `${this.order.length * ROW}px`;
    clear(this.space);
    for (let i = first; i < last; i += 1) {
      const unit = this.order[i];
      const row = el("div", { class: unit === this.selected ? "trow chosen" : "trow", role: "row", onclick: () => this.handlers.select(unit), onmouseenter: () => this.handlers.hover(unit), onmouseleave: () => this.handlers.hover(-1) },
        this.columns.map((column) => { const value = column.value(unit); return el("span", { class: column.numeric ? "num" : "", role: "cell", title: column.numeric ? "" : String(value ?? "") }, column.numeric ? number(value, column.digits) : value ?? ""); }));
      row.style.top = `${i * ROW}px`;
      this.space.append(row);
    }
  }

  select(unit, reveal = true) {
    this.selected = unit;
    const position = this.order.indexOf(unit);
    if (reveal && position >= 0) {
      const [top, height] = [position * ROW, this.body.clientHeight];
      if (top < this.body.scrollTop || top > this.body.scrollTop + height - ROW) this.body.scrollTop = top - height / 2;
    }
    this.render();
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    if (event.key === "Enter" && this.selected >= 0) { this.handlers.open(this.selected); return; }
    if (!(event.key in steps)) return;
    event.preventDefault();
    const now = this.order.indexOf(this.selected);
    const next = Math.min(Math.max(now + steps[event.key], 0), this.order.length - 1);
    if (next >= 0) this.handlers.select(this.order[next]);
  }
}
