// Words of the page. Data come with their own labels in both languages.
const WORDS = {
  title: ["“三线一单”减污降碳协同管控 · 成果浏览器", "Zoning for pollution and carbon · explorer"],
  tabMap: ["地图与统计", "Map and figures"], tabMeasures: ["情景与措施", "Scenarios and measures"], tabProject: ["项目检验", "Project check"],
  tabSql: ["SQL 查询", "SQL"], tabAbout: ["说明与下载", "About and downloads"],
  indicator: ["指标", "Indicator"], scenario: ["情景", "Scenario"], year: ["年份", "Year"], controlClass: ["类别", "Class"], all: ["全部", "All"],
  search: ["搜索单元名称或编码", "Search name or code"], units: ["个管控单元", "control units"], code: ["编码", "Code"], name: ["名称", "Name"],
  district: ["区县", "District"], area: ["面积 km²", "Area km²"], noData: ["无数据", "no data"], close: ["关闭", "Close"],
  byDistrict: ["分区县构成", "By district"], scatter: ["污碳象限（密度）", "Pollution and carbon (density)"],
  emissions: ["排放", "Emissions"], scores: ["协同评分", "Synergy scores"], why: ["得分构成", "What adds up to the score"], sources: ["主要排放源", "Main sources"],
  clauses: ["准入清单（生效条款）", "Access list (clauses in force)"], evidence: ["证据", "Evidence"], goesAway: ["消除条件", "Goes away when"], checks: ["检验", "Check"],
  reason: ["理由", "Reason"], basis: ["依据", "Basis"], from: ["来源", "From"], rank: ["位次", "Rank"], pass: ["满足", "met"], fail: ["不满足", "not met"],
  not_computable: ["不可计算", "not computable"], kept: ["保留", "kept"], changed: ["修改", "changed"], new: ["新增", "new"], withdrawn: ["撤销", "withdrawn"],
  offline: ["本文件完全离线运行，不访问网络。", "This file works offline and makes no request."], release: ["发布编号", "Release"], reset: ["复位", "Reset view"],
  savePng: ["保存图片", "Save picture"], saveCsv: ["下载 CSV", "Download CSV"], run: ["运行 (Ctrl+Enter)", "Run (Ctrl+Enter)"], starting: ["正在启动查询引擎……", "Starting the engine ..."],
  rows: ["行", "rows"], seconds: ["秒", "s"], examples: ["示例查询", "Examples"], noSql: ["本文件不含查询引擎；请用 sxyd sql 或 sxyd.duckdb。", "This file carries no engine; use sxyd sql or sxyd.duckdb."],
  co2: ["CO2", "CO2"], pathways: ["情景路径", "Pathways"], species: ["物种", "Species"], coordinates: ["协同控制效应坐标系", "Co-control coordinates"], mac: ["边际减排成本曲线", "Marginal abatement cost"],
  apeqReduced: ["污染当量减少量（t 当量/a）", "Pollution equivalents removed (t eq/a)"], co2Reduced: ["CO2 当量减少量（tCO2e/a）", "CO2e removed (tCO2e/a)"], quadrant: ["象限", "Quadrant"],
  measure: ["措施", "Measure"], elasticity: ["交叉弹性", "Elasticity"], cost: ["年化成本（万元/a）", "Cost (10⁴ CNY/a)"], unitCost: ["元/tCO2e", "CNY/tCO2e"], cumulative: ["累计减排量（tCO2e）", "Cumulative (tCO2e)"],
  keys: ["键盘：Tab 切换，方向键移动地图或表格行，+ − 缩放，Enter 打开单元卡片，Esc 关闭。", "Keyboard: Tab to move, arrows pan the map or walk the rows, + − zoom, Enter opens a card, Esc closes it."],
  legend: ["图例", "Legend"], example: ["示例数据", "synthetic example data"], tables: ["数据表", "Tables"], leftOut: ["未收入本文件的数据表（见 sxyd.duckdb）", "Tables left out of this file (see sxyd.duckdb)"],
  lon: ["经度", "Longitude"], lat: ["纬度", "Latitude"], askHere: ["在此检验项目", "Check a project here"], industry: ["行业代码（GB/T 4754-2017，4 位）", "Industry (GB/T 4754-2017, 4 digits)"], fuels: ["燃料（多选）", "Fuels (several)"],
  figures: ["项目指标", "Figures of the project"], addFigure: ["添加指标", "Add a figure"], check: ["检验", "Check"], outside: ["该点不在本市管控单元内。", "The point lies in no control unit of the city."],
  unit: ["管控单元", "Control unit"], zones: ["要素分区", "Element zones"], verdict: ["结论", "Verdict"], needed: ["需要什么", "What is needed"], clause: ["条款", "Clause"],
  projectNote: ["按本发布的生效条款逐条初判，规则与 sxyd check-project 相同；需按因子估算排放的条款请填项目申报值，或用该命令。", "A first judgement by the clauses in force, with the rules of sxyd check-project; where emissions must be estimated by factors, state the project's own figures or use that command."],
  refused: ["不合规", "refused"], argue: ["需论证", "to be argued"], undecidable: ["不可判定", "undecidable"], conform: ["合规", "conform"],
};

let language = 0;
export const setLanguage = (code) => { language = code === "en" ? 1 : 0; document.documentElement.lang = code === "en" ? "en" : "zh-CN"; };
export const getLanguage = () => (language === 1 ? "en" : "zh");
export const t = (key) => (WORDS[key] || [key, key])[language];
export const pick = (zh, en) => (language === 1 ? en || zh : zh);
