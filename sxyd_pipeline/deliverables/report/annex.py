"""The annex 数据溯源: for every headline number its table, query, sources, factors and method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.declarations import Headline, read_toml
from sxyd_pipeline.deliverables.report.queries import Row
from sxyd_pipeline.deliverables.report.story import Story
from sxyd_pipeline.deliverables.report.tables import declared_tables, table_sql
from sxyd_pipeline.deliverables.report.template import Quantity
from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, Runs, TableColumn
from sxyd_pipeline.deliverables.typesetting.inline import clean, code_runs, text_runs

#: Columns of the table of headline numbers, with their widths.
_WIDTHS = {
    "no": 0.65, "name": 1.5, "value": 1.15, "query": 5.0, "sources": 2.7, "factors": 3.4, "method": 1.7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind a headline number."""

    sources: tuple[str, ...]
    factors: tuple[str, ...]
    methods: tuple[str, ...]


def _words(story: Story) -> Mapping[str, str]:
    words: Mapping[str, str] = read_toml("annex.toml")[story.language]
    return words


def provenance(story: Story, headline: Headline) -> Provenance:
    """Return sources, factors and methods behind a headline number."""
    if headline.species and story.edition.has("inventory.emissions"):
        return _of_species(story, headline.species)
    tables = story.queries.tables(headline.sql)
    contracts = [story.edition.contract(name) for name in tables]
    origins = tuple(
        f"{one.label}（{one.source}）" if story.language == "zh" else f"{one.english} ({one.full_name})"
        for one in contracts
    )
    return Provenance(origins, (), _table_methods(story, tables[0]))


def _of_species(story: Story, species: str) -> Provenance:
    words = _words(story)

    def run(name: str) -> list[Row]:
        sql: str = read_toml("annex.toml")["sql"][name]
        return story.queries.rows(name, sql.replace("{species}", species))

    def part(row: Row) -> str:
        return words["share"].format(share=numbers.share(row["share"]))

    count = numbers.count(run("count")[0]["n"], story.language)
    open_, close, colon = words["open"], words["close"], words["colon"]
    sources = [f"{row['name']}{open_}{part(row)}{close}" for row in run("sources")]
    factors = [
        f"{row['factor_id']} = {row['value']:.6g} {row['unit']}"
        f"{open_}{story.names(row['confidence'])}, {part(row)}{close}{colon}{row['cited_from']}"
        for row in run("factors")
    ]
    methods = [f"{row['method_id']} {row[f'name_{story.language}']}" for row in run("methods")]
    return Provenance((words["all"].format(count=count), *sources), tuple(factors), tuple(methods))


def _table_methods(story: Story, table: str) -> tuple[str, ...]:
    if "method_id" not in story.edition.table(table).columns:
        return ()
    sql = read_toml("annex.toml")["sql"]["table_methods"].replace("{table}", table)
    return tuple(
        f"{row['method_id']} {row[f'name_{story.language}']}" for row in story.queries.rows(table, sql)
    )


def numbers_table(story: Story) -> DataTable | None:
    """Return one row per headline number the text used, in order of first use."""
    words = _words(story)
    first: dict[str, str] = {}
    rows = [
        _number_row(story, position, headline, quantity, first)
        for position, (headline, quantity) in enumerate(story.numbers.used(), start=1)
    ]
    if not rows:
        return None
    columns = tuple(TableColumn(text_runs(words[name]), width) for name, width in _WIDTHS.items())
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
    words = _words(story)
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
    same = (_words(story)["same"].format(row=seen),) if seen else ()
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
    return Cell(tuple(_line(line) for line in lines) or (text_runs(_words(story)["none"]),))


def _line(line: str) -> Runs:
    return text_runs(line)


def tables_table(story: Story) -> DataTable | None:
    """Return one row per table of the document that comes from a query."""
    words = _words(story)
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
    caption, note = text_runs(words["tables"]), text_runs(words["table_note"])
    return DataTable("provenance_tables", caption, columns, tuple(rows), note, small=True, rules=True)


def _one_line(sql: str) -> str:
    return clean(" ".join(sql.split()))
