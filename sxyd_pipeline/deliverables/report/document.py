"""Put a document together: templates in order, tables and figures where they ask for them."""

from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Literal

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.report.annex import numbers_table, short_numbers_table, tables_table
from sxyd_pipeline.deliverables.report.lists import unit_list
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.report.queries import Queries
from sxyd_pipeline.deliverables.report.story import Picture, Story
from sxyd_pipeline.deliverables.report.tables import declared_table
from sxyd_pipeline.deliverables.report.template import fill
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Cover,
    DataTable,
    Document,
    Heading,
    Orientation,
    PageBreak,
)
from sxyd_pipeline.deliverables.typesetting.inline import clean
from sxyd_pipeline.deliverables.typesetting.numbering import number_document

_DEEPEST = 9
_EXAMPLE = "示例数据"
Kind = Literal["report", "case"]
Progress = Callable[[str, int, int], None]
_TITLES = {
    ("report", "zh"): ("“三线一单”", "减污降碳协同管控试点", "研究报告"),
    ("case", "zh"): ("“三线一单”", "减污降碳协同管控试点", "案例文本"),
    ("report", "en"): ("Synergy of pollution and carbon", "in environmental zoning", "Research report"),
    ("case", "en"): ("Synergy of pollution and carbon", "in environmental zoning", "Case text"),
}  # fmt: skip
_SPECIAL: Mapping[str, Callable[[Story], DataTable | None]] = {
    "unit_list": unit_list,
    "provenance_numbers": numbers_table,
    "provenance_short": short_numbers_table,
    "provenance_tables": tables_table,
}


def template_names(kind: Kind, language: Language) -> tuple[str, ...]:
    """Return the templates of a document in their order: ``report_01_…``, ``case_01_…``."""
    folder = resources.files(__package__).joinpath("templates", language)
    return tuple(sorted(one.name for one in folder.iterdir() if one.name.startswith(f"{kind}_")))


def compose(
    edition: Edition, kind: Kind, language: Language, pictures: Mapping[str, Picture], progress: Progress
) -> Document:
    """Return the numbered document of an edition.

    Args:
        edition: the release.
        kind: report or case text.
        language: ``zh`` or ``en``.
        pictures: charts and maps by figure id; what lacks is left out with its references.
        progress: told which chapter is written.

    Raises:
        TemplateError: a template names what there is not.
        QueryError: a query does not run.
        DanglingReferenceError: a reference to a table that no template places.
    """
    names = template_names(kind, language)
    blocks: list[Block] = []
    with Queries(edition) as queries:
        story = Story(edition, language, queries, pictures, _draw_table)
        for position, name in enumerate(names, start=1):
            progress(name, position, len(names))
            source = (
                resources.files(__package__).joinpath("templates", language, name).read_text(encoding="utf-8")
            )
            blocks += fill(
                name,
                source,
                story.values(),
                _directives(story),
                language,
                story.writing.filters,
                story.numbers.said,
            )
    return number_document(_framed(edition, kind, language, without_empty_sections(blocks)))


def without_empty_sections(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Leave out headings that nothing stands under: what a city does not have has no section."""
    kept: list[Block] = []
    # From the end, so that a chapter whose sections all go goes too.
    below = 0
    for block in reversed(blocks):
        if isinstance(block, Heading):
            if below < block.level:
                continue
            below = block.level - 1
        elif not isinstance(block, Orientation | PageBreak):
            below = _DEEPEST
        kept.append(block)
    return tuple(reversed(kept))


def _draw_table(story: Story, table_id: str) -> DataTable | None:
    return _SPECIAL[table_id](story) if table_id in _SPECIAL else declared_table(story, table_id)


def _directives(story: Story) -> dict[str, Callable[[str], tuple[Block, ...]]]:
    def table(table_id: str) -> tuple[Block, ...]:
        drawn = story.table(table_id)
        if drawn is None:
            return ()
        story.placed.append(table_id)
        return (drawn,)

    def figure(figure_id: str) -> tuple[Block, ...]:
        drawn = story.figure(figure_id)
        return () if drawn is None else (drawn,)

    return {"table": table, "figure": figure}


def _framed(edition: Edition, kind: Kind, language: Language, blocks: tuple[Block, ...]) -> Document:
    first, second, third = _TITLES[kind, language]
    zh = language == "zh"
    city = clean(edition.city_name)
    mark = edition.data_label
    lines = (
        f"基准年：{edition.base_year}年" if zh else f"Base year: {edition.base_year}",
        f"评价年：{'、'.join(f'{year}年' for year in edition.horizons)}"
        if zh
        else f"Years assessed: {', '.join(map(str, edition.horizons))}",
        *(f"{head}：{text}" if zh else f"{head}: {text}" for head, text in _imprint(edition, language)),
    )
    label = "发布编号" if zh else "Release"
    hash_label = "输入数据校验和" if zh else "Checksum of the inputs"
    short_mark = f" · {mark if zh or mark != _EXAMPLE else f'{mark} (example data)'}" if mark else ""
    title = f"{city}{first}{second}{third}" if zh else f"{third}: {first} {second}, {city}"
    header = f"{city}{first}{second}{third}" if zh else f"{first} {second} · {third}"
    return Document(
        title=title,
        language=language,
        cover=Cover(
            (f"{city}{first}", second) if zh else (first, second, city),
            third,
            tuple(clean(line) for line in lines),
            _mark(mark, zh=zh),
            (
                f"{label} {edition.release_id}",
                f"{hash_label} sha256 {edition.inputs_hash}",
                f"sxyd_pipeline {edition.code_version}",
            ),
        ),
        header=header,
        footer=f"{label} {edition.release_id}{short_mark}",
        chapter_pages=kind == "report",
        blocks=blocks,
    )


def _mark(mark: str, *, zh: bool) -> str:
    if not mark:
        return ""
    if mark == _EXAMPLE:
        return "示例数据　不代表实际情况" if zh else "示例数据 · example data, not the real city"
    return mark


def _imprint(edition: Edition, language: Language) -> list[tuple[str, str]]:
    shown = edition.imprint(language)
    keys = list(shown)
    # Who and when; the rest of the imprint stands in the first chapter.
    return [(key, shown[key]) for key in keys[:2]]
