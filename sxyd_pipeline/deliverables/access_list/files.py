"""All files of the access lists."""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.core.access.layout import effective_clauses, overall_rows, unit_rows, withdrawn_rows
from sxyd_pipeline.deliverables.access_list.pages import overall_page, unit_page
from sxyd_pipeline.deliverables.access_list.workbooks import lists_workbook, pages_workbook
from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language

#: Folder of the lists in a release.
FOLDER = "access"
LANGUAGES = ["zh", "en"]
HEADERS = ["published", "platform"]
#: Tables the lists are written from.
NEEDED = (
    "access.clauses", "access.clause_evidence", "access.control_unit_lists", "access.overall_list",
    "zoning.control_units", "zoning.control_unit_zones", "zoning.zones", "zoning.districts",
)  # fmt: skip


def write(edition: Edition, language: Language, progress: Progress) -> dict[str, bytes]:
    """Return the lists of a release below ``access/``; both kinds of headings of the published form."""
    words = (
        ("准入清单", "平台字段名清单") if language == "zh" else ("access lists", "with platform field names")
    )
    tables = {name: edition.tables[name] for name in edition.tables}
    progress(words[0], 1, 2)
    files = write_access_lists(tables, language=language)
    progress(words[1], 2, 2)
    files["access_lists_platform.xlsx"] = _lists(tables, language, headers="platform")
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def write_access_lists(
    tables: Mapping[str, pl.DataFrame], *, language: str, headers: str = "published"
) -> dict[str, bytes]:
    """Return the overall list and one page per control unit, as Markdown and workbooks.

    Args:
        tables: tables of a release by ``schema.table``: those of :data:`NEEDED`, and ``meta.release`` for the
            names of province and city.
        language: ``zh`` or ``en``; clauses stay in the language they are in.
        headers: ``published`` for headings in words, ``platform`` for the field names of government platforms
            (HJZHGKDYBM ...) in the published form.

    Returns:
        Path -> bytes: ``overall_list.md``, ``units/<code>.md``, ``access_lists.xlsx`` (published form,
        overall list, withdrawn clauses, evidence) and ``unit_pages.xlsx`` (one sheet per unit). The same
        tables give the same bytes; no text is a formula.

    Raises:
        KeyError: a table is missing.
        ValueError: another language or another kind of headings.
    """
    place = LANGUAGES.index(language)
    files = {"access_lists.xlsx": _lists(tables, language, headers)}
    units, clauses = unit_rows(tables), effective_clauses(tables)
    overall, withdrawn = overall_rows(tables), withdrawn_rows(tables)
    evidence = tables["access.clause_evidence"].sort("clause_id", "evidence_no")
    labels = tables["zoning.control_units"]["data_label"].drop_nulls().unique().sort().to_list()
    files["overall_list.md"] = overall_page(overall, withdrawn, "、".join(labels), place).encode()
    by_unit = clauses.partition_by("control_unit_code", as_dict=True, maintain_order=True)
    for unit in units.iter_rows(named=True):
        code = unit["control_unit_code"]
        own = by_unit.get((code,), clauses.clear())
        shown = evidence.join(own.select("clause_id"), on="clause_id", how="semi", maintain_order="left")
        files[f"units/{code}.md"] = unit_page(unit, own, shown, place).encode()
    files["unit_pages.xlsx"] = pages_workbook(units, clauses, place)
    return files


def _lists(tables: Mapping[str, pl.DataFrame], language: str, headers: str) -> bytes:
    """Return the workbook of the lists; it alone depends on the kind of headings."""
    place, platform = LANGUAGES.index(language), HEADERS.index(headers) == 1
    evidence = tables["access.clause_evidence"].sort("clause_id", "evidence_no")
    units, overall, withdrawn = unit_rows(tables), overall_rows(tables), withdrawn_rows(tables)
    return lists_workbook(units, overall, withdrawn, evidence, place, platform=platform)
