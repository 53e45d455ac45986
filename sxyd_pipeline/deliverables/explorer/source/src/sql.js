// Questions to the release, answered by an engine inside the page. Loaded when its tab is opened.
import { autocompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import * as duckdb from "@duckdb/duckdb-wasm";
import { clear, el, number, saveCsv } from "./dom.js";
import { embedded, embeddedJson, unzip } from "./unpack.js";
import { setLanguage, t } from "./words.js";

const MOST_ROWS = 1000;
let opening = null;

async function open() {
  const worker = new Worker(URL.createObjectURL(new Blob([await embedded("sxyd-worker")], { type: "text/javascript" })));
  const engine = await embedded("sxyd-engine");
  worker.postMessage({ sxydEngine: engine }, [engine.buffer]);
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await database.instantiate("sxyd-engine://duckdb-eh.wasm");
  await database.open({ allowUnsignedExtensions: false });
  const connection = await database.connect();
  const release = await embeddedJson("sxyd-tables");
  for (const setting of ["autoinstall_known_extensions", "autoload_known_extensions"]) await connection.query(`SET ${setting} = false`);
  for (const statement of release.opening) await connection.query(statement);
  for (const table of release.tables) {
    await database.registerFileText(table.file, table.csv);
    await connection.query(table.create);
    await connection.query(table.load);
    await database.dropFile(table.file);
    for (const statement of table.more) await connection.query(statement);
  }
  for (const statement of release.macros) await connection.query(statement);
  await connection.query("SET enable_external_access = false");
  return connection;
}

export const connect = () => { opening ??= open(); return opening; };

// What the engine returns as wide numbers becomes a number or a text.
const plain = (value) => {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return `⟨${value.length} B⟩`;
  if (value && typeof value === "object") return value.toString();
  return value;
};

export async function ask(query) {
  const connection = await connect();
  const started = performance.now();
  const table = await connection.query(query);
  const names = table.schema.fields.map((field) => field.name);
  const rows = table.toArray().map((row) => names.map((name) => plain(row[name])));
  return { names, rows, seconds: (performance.now() - started) / 1000 };
}

export function build(parent, examples, tables, language) {
  setLanguage(language);
  const status = el("p", { class: "muted", role: "status" });
  const results = el("div", { class: "results", tabIndex: 0 });
  let last = null;
  const run = async () => {
    status.textContent = t("starting");
    try {
      last = await ask(editor.state.doc.toString());
      status.textContent = `${last.rows.length} ${t("rows")} · ${last.seconds.toFixed(3)} ${t("seconds")}`;
      clear(results).append(el("table", { class: "grid" }, el("thead", {}, el("tr", {}, last.names.map((name) => el("th", {}, name)))), el("tbody", {}, last.rows.slice(0, MOST_ROWS).map((row) => el("tr", {}, row.map((value) => el("td", { class: typeof value === "number" ? "num" : "" }, typeof value === "number" ? number(value, 7) : value === null ? "" : String(value))))))));
    } catch (error) {
      last = null;
      status.textContent = String(error.message || error);
      clear(results);
    }
  };
  const holder = el("div", { class: "editor" });
  const schema = Object.fromEntries(tables.map((table) => [table.name, table.columns]));
  const editor = new EditorView({
    parent: holder,
    state: EditorState.create({
      doc: examples[0].query,
      extensions: [lineNumbers(), history(), syntaxHighlighting(defaultHighlightStyle), sql({ schema, upperCaseKeywords: false }), autocompletion(), EditorView.lineWrapping,
        keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { run(); return true; } }, ...defaultKeymap, ...historyKeymap])],
    }),
  });
  const choose = el("select", { "aria-label": t("examples"), onchange: (event) => { editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: examples[event.target.value].query } }); run(); } }, examples.map((one, i) => el("option", { value: i }, one.title)));
  clear(parent).append(
    el("div", { class: "bar" }, el("label", {}, t("examples"), choose), el("button", { type: "button", class: "main", onclick: run }, t("run")), el("button", { type: "button", onclick: () => { if (last) saveCsv("query.csv", last.names, last.rows); } }, t("saveCsv"))),
    el("div", { class: "sqlgrid" }, holder, el("aside", { class: "tables" }, el("h3", {}, t("tables")), tables.map((table) => el("details", {}, el("summary", {}, table.name, el("small", {}, ` ${table.label} · ${table.rows}`)), el("p", {}, table.columns.join(", ")))))), status, results);
  return { run };
}
