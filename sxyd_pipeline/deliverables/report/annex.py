"""The annex 数据溯源: for every headline number its table, query, sources, factors and method."""

from collections.abc import Sequence
from dataclasses import dataclass

from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.queries import Row
from sxyd_pipeline.deliverables.report.story import Headline, Story
from sxyd_pipeline.deliverables.report.tables import declared_tables, table_sql
from sxyd_pipeline.deliverables.report.template import Quantity
from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, Runs, TableColumn
from sxyd_pipeline.deliverables.typesetting.inline import clean, code_runs, text_runs

_WORDS = {
    "zh": {
        "numbers": "正文关键数值溯源", "tables": "表格溯源", "no": "编号", "name": "名称", "value": "数值", "query": "数据表与查询",
        "sources": "排放源或来源", "factors": "因子", "method": "方法", "table": "表", "all": "共 {count} 个排放源",
        "none": "不涉及", "same": "同 {row}", "open": "（", "close": "）", "colon": "：", "join": "；", "share": "{share}",
        "note": "注：查询可在已发布数据库中原样执行（sxyd sql）；排放源与因子列出排放量最大的三项及其占比，全部见 inventory.emissions 与 meta.factors。",
        "table_note": "注：查询可在已发布数据库中原样执行。",
    },
    "en": {
        "numbers": "Sources of headline numbers", "tables": "Sources of tables", "no": "No.", "name": "Name", "value": "Value",
        "query": "Table and query", "sources": "Emission sources or origin", "factors": "Factors", "method": "Method", "table": "Table",
        "all": "{count} emission sources", "none": "none", "same": "as {row}", "open": " (", "close": ")", "colon": ": ", "join": "; ", "share": "{share}",
        "note": "Note: each query runs as it stands on the published database (sxyd sql); the three largest sources and factors are listed with their shares, all of them in inventory.emissions and meta.factors.",
        "table_note": "Note: each query runs as it stands on the published database.",
    },
}  # fmt: skip

_BEHIND = """SELECT coalesce(f.facility_name, e.source_id) AS name, sum(e.emission_t) / (SELECT sum(emission_t) FROM inventory.emissions WHERE year = :base AND species = '{species}') AS share
FROM inventory.emissions e LEFT JOIN inputs.facilities f ON e.facility_id = f.facility_id WHERE e.year = :base AND e.species = '{species}' GROUP BY 1 ORDER BY share DESC, name LIMIT 3"""
_COUNT = "SELECT count(DISTINCT source_id) AS n FROM inventory.emissions WHERE year = :base AND species = '{species}'"
_FACTORS = """SELECT e.factor_id, f.value, f.unit, f.cited_from, f.confidence, sum(e.emission_t) / (SELECT sum(emission_t) FROM inventory.emissions WHERE year = :base AND species = '{species}') AS share
FROM inventory.emissions e JOIN meta.factors f ON e.factor_id = f.factor_id WHERE e.year = :base AND e.species = '{species}' GROUP BY ALL ORDER BY share DESC, e.factor_id LIMIT 3"""
_METHODS = """SELECT m.method_id, m.name_zh, m.name_en, sum(e.emission_t) AS emission_t FROM inventory.emissions e JOIN meta.methods m ON e.method = m.method_id
WHERE e.year = :base AND e.species = '{species}' GROUP BY ALL ORDER BY emission_t DESC, m.method_id LIMIT 2"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind a headline number."""

    sources: tuple[str, ...]
    factors: tuple[str, ...]
    methods: tuple[str, ...]


def provenance(story: Story, headline: Headline) -> Provenance:
    """Return sources, factors and methods behind a headline number."""
    if headline.species and story.edition.has("inventory.emissions"):
        return _of_species(story, headline.species)
    tables = story.queries.tables(headline.sql)
    origins = tuple(
        f"{story.edition.contract(name).label if story.language == 'zh' else story.edition.contract(name).english}"
        + (f"（{story.edition.contract(name).source}）" if story.language == "zh" else f" ({name})")
        for name in tables
    )
    return Provenance(origins, (), _table_methods(story, tables[0]))


def _of_species(story: Story, species: str) -> Provenance:
    words = _WORDS[story.language]

    def run(name: str, sql: str) -> list[Row]:
        return story.queries.rows(name, sql.replace("{species}", species))

    def part(row: Row) -> str:
        return words["share"].format(share=numbers.share(row["share"]))

    count = numbers.count(run("source count", _COUNT)[0]["n"], story.language)
    open_, close, colon = words["open"], words["close"], words["colon"]
    sources = [f"{row['name']}{open_}{part(row)}{close}" for row in run("sources", _BEHIND)]
    factors = [
        f"{row['factor_id']} = {row['value']:.6g} {row['unit']}{open_}{story.names(row['confidence'])}, {part(row)}{close}"
        f"{colon}{row['cited_from']}"
        for row in run("factors", _FACTORS)
    ]
    methods = [f"{row['method_id']} {row[f'name_{story.language}']}" for row in run("methods", _METHODS)]
    return Provenance((words["all"].format(count=count), *sources), tuple(factors), tuple(methods))


def _table_methods(story: Story, table: str) -> tuple[str, ...]:
    if "method_id" not in story.edition.table(table).columns:
        return ()
    sql = f"SELECT DISTINCT m.method_id, m.name_zh, m.name_en FROM {table} t JOIN meta.methods m ON t.method_id = m.method_id ORDER BY 1 LIMIT 3"  # noqa: S608 - name of a contract
    return tuple(f"{row['method_id']} {row[f'name_{story.language}']}" for row in story.queries.rows(table, sql))


def numbers_table(story: Story) -> DataTable | None:
    """Return one row per headline number the text used, in order of first use."""
    words = _WORDS[story.language]
    first: dict[str, str] = {}
    rows = [
        _number_row(story, position, headline, quantity, first)
        for position, (headline, quantity) in enumerate(story.numbers.used(), start=1)
    ]
    if not rows:
        return None
    widths = (("no", 0.55), ("name", 1.5), ("value", 1.15), ("query", 5.0), ("sources", 2.7), ("factors", 3.4), ("method", 1.7))
    columns = tuple(TableColumn(text_runs(words[name]), width) for name, width in widths)
    return DataTable(
        "provenance_numbers",
        text_runs(words["numbers"]),
        columns,
        tuple(rows),
        text_runs(words["note"]),
        small=True,
        rules=True,
    )


def short_numbers_table(story: Story) -> DataTable | None:
    """Return name, value and query of every headline number the text used."""
    words = _WORDS[story.language]
    rows = tuple(
        (
            Cell((text_runs(_label(position)),), anchor=quantity.anchor),
            Cell((text_runs(headline.zh if story.language == "zh" else headline.en),)),
            Cell((text_runs(quantity.text),)),
            Cell((code_runs(_one_line(story.queries.filled(headline.sql))),)),
        )
        for position, (headline, quantity) in enumerate(story.numbers.used(), start=1)
    )
    if not rows:
        return None
    widths = (("no", 0.5), ("name", 1.8), ("value", 1.2), ("query", 5.0))
    columns = tuple(TableColumn(text_runs(words[name]), width) for name, width in widths)
    caption, note = text_runs(words["numbers"]), text_runs(words["table_note"])
    return DataTable("provenance_short", caption, columns, rows, note, small=True)


def _label(position: int) -> str:
    return f"D{position:02d}"


def _number_row(
    story: Story, position: int, headline: Headline, quantity: Quantity, first: dict[str, str]
) -> tuple[Cell, ...]:
    # Bounds of a total rest on the same sources and factors as the total: they are listed once.
    seen = first.get(headline.species)
    if headline.species:
        first.setdefault(headline.species, _label(position))
    same = (_WORDS[story.language]["same"].format(row=seen),) if seen else ()
    found = Provenance(same, same, same) if same else provenance(story, headline)
    tables = story.queries.tables(headline.sql)
    query = (text_runs("、".join(tables)), code_runs(_one_line(story.queries.filled(headline.sql))))
    return (
        Cell((text_runs(_label(position)),), anchor=quantity.anchor),
        Cell((text_runs(headline.zh if story.language == "zh" else headline.en),)),
        Cell((text_runs(quantity.text),)),
        Cell(query),
        _listed(story, found.sources),
        _listed(story, found.factors),
        _listed(story, found.methods),
    )


def _listed(story: Story, lines: Sequence[str]) -> Cell:
    return Cell(tuple(_line(line) for line in lines) or (text_runs(_WORDS[story.language]["none"]),))


def _line(line: str) -> Runs:
    return text_runs(line)


def tables_table(story: Story) -> DataTable | None:
    """Return one row per table of the document that comes from a query."""
    words = _WORDS[story.language]
    rows = []
    for table_id in story.placed:
        if table_id not in declared_tables() or not table_sql(story, table_id):
            continue
        drawn = story.table(table_id)
        sql = table_sql(story, table_id)
        caption = drawn.caption if drawn else ()
        rows.append(
            (
                Cell((story.see_number(f"tbl:{table_id}"),)),
                Cell((caption,)),
                Cell((text_runs("、".join(story.queries.tables(sql))),)),
                Cell((code_runs(_one_line(sql)),)),
            )
        )
    if not rows:
        return None
    columns = tuple(
        TableColumn(text_runs(words[name]), width)
        for name, width in (("table", 0.8), ("name", 2.2), ("sources", 2.2), ("query", 9.0))
    )
    return DataTable(
        "provenance_tables", text_runs(words["tables"]), columns, tuple(rows), text_runs(words["table_note"]), small=True, rules=True
    )  # fmt: skip


def _one_line(sql: str) -> str:
    return clean(" ".join(sql.split()))
