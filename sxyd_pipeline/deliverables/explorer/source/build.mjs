// Builds ../page from src: run `npm ci && npm run build` after a change. The result is committed, so
// that users and tests need neither Node nor a network.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const out = new URL("../page/", import.meta.url).pathname;
const here = new URL("./", import.meta.url).pathname;
const duckdb = `${here}node_modules/@duckdb/duckdb-wasm/dist/`;
const common = { bundle: true, minify: true, format: "iife", target: ["es2020"], legalComments: "none", write: true };

await build({ ...common, entryPoints: [`${here}src/main.js`], outfile: `${out}app.min.js` });
await build({ ...common, entryPoints: [`${here}src/sql.js`], globalName: "sxydSql", outfile: `${out}sql.min.js` });

// gzip writes a time of zero by itself, so that the same input gives the same bytes.
const shim = readFileSync(`${here}src/worker_shim.js`);
const worker = readFileSync(`${duckdb}duckdb-browser-eh.worker.js`);
writeFileSync(`${out}worker.js.gz`, gzipSync(Buffer.concat([shim, Buffer.from("\n"), worker]), { level: 9 }));
writeFileSync(`${out}duckdb-eh.wasm.gz`, gzipSync(readFileSync(`${duckdb}duckdb-eh.wasm`), { level: 9 }));

// The test compares this with the sources: a page that was not rebuilt after a change is found.
const sources = ["package.json", "build.mjs", ...readdirSync(`${here}src`).sort().map((name) => `src/${name}`)];
const hash = createHash("sha256");
for (const name of sources) hash.update(name).update("\0").update(readFileSync(here + name)).update("\0");
writeFileSync(`${out}built_from.txt`, `${hash.digest("hex")}\n`);

const licences = ["echarts", "zrender", "tslib", "@duckdb/duckdb-wasm", "apache-arrow", "flatbuffers", "@codemirror/state",
  "@codemirror/view", "@codemirror/commands", "@codemirror/language", "@codemirror/lang-sql", "@codemirror/autocomplete",
  "@lezer/common", "@lezer/highlight", "@lezer/lr", "@marijn/find-cluster-break", "crelt", "style-mod", "w3c-keyname"];
const text = licences.map((name) => {
  const folder = `${here}node_modules/${name}/`;
  const about = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  const notice = readdirSync(folder).find((one) => /^notice/i.test(one));
  return [`==== ${about.name} ${about.version} (${about.license}) ====`, file ? readFileSync(folder + file, "utf8") : "", notice ? readFileSync(folder + notice, "utf8") : ""].join("\n");
});
writeFileSync(`${out}LICENSES.txt`, text.join("\n\n"));
