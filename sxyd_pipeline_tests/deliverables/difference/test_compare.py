"""What changed, in words: one plant's coal, and everything that follows."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.deliverables.difference.annex import annex_files
from sxyd_pipeline.deliverables.difference.compare import OtherCityError, compare
from sxyd_pipeline.deliverables.difference.documents import annex_blocks, to_document, to_html, to_markdown
from sxyd_pipeline.deliverables.difference.wording import arrow, number, percent, signed, word
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.typesetting.blocks import DataTable, Heading
from sxyd_pipeline_tests.deliverables.typesetting.reading import (
    docx_paragraphs,
    pdf_pages,
    squeezed,
    word_findings,
)

COAL = (pl.col("activity_code") == "bituminous_coal") & (pl.col("year") == 2020)


@pytest.fixture(scope="module")
def plant(example_edition: Edition) -> str:
    """The plant that burns most coal."""
    rows = example_edition.table("inputs.facility_activity").filter(COAL)
    return str(rows.sort("amount", "facility_id", descending=True)["facility_id"][0])


@pytest.fixture(scope="module")
def changed(example_edition: Edition, plant: str) -> Edition:
    """The same release after that plant burned half as much again: tables changed as a run would."""

    def on(frame: pl.DataFrame, who: pl.Expr, column: str, value: pl.Expr) -> pl.DataFrame:
        return frame.with_columns(pl.when(who).then(value).otherwise(pl.col(column)).alias(column))

    tables = dict(example_edition.tables)
    coal = (pl.col("facility_id") == plant) & COAL
    half_more = pl.col("amount") * 1.5
    tables["inputs.facility_activity"] = on(tables["inputs.facility_activity"], coal, "amount", half_more)
    burned = coal & (pl.col("species") == "CO2")
    before = tables["inventory.emissions"].filter(burned)["emission_t"].sum()
    tables["inventory.emissions"] = on(
        tables["inventory.emissions"], burned, "emission_t", pl.col("emission_t") * 1.5
    )
    total = (pl.col("breakdown") == "city") & (pl.col("species") == "CO2") & (pl.col("year") == 2020)
    tables["inventory.totals"] = on(
        tables["inventory.totals"], total, "emission_t", pl.col("emission_t") + before / 2
    )
    unit = unit_of(example_edition, plant)
    now = (pl.col("scenario_id") == "baseline") & (pl.col("year") == 2020)
    here = now & (pl.col("control_unit_code") == unit)
    scores = on(tables["synergy.control_unit_scores"], here, "rank", pl.col("rank") + 1)
    tables["synergy.control_unit_scores"] = on(scores, here, "quadrant", pl.lit("双高x"))
    first = pl.int_range(pl.len()) == 0
    clauses = on(tables["access.clauses"], first, "clause_text", pl.lit("改写后的条款"))
    tables["access.clauses"] = clauses.filter(pl.int_range(pl.len()) != 1)
    gaps = tables["projection.target_gaps"]
    tables["projection.target_gaps"] = on(gaps, first, "is_met", ~pl.col("is_met"))
    return replace(example_edition, release_id="321100-2020-changed00000", tables=tables)


def unit_of(edition: Edition, plant: str) -> str:
    places = edition.table("baseline.placements").filter(
        pl.col("layer") == "control_unit", pl.col("spread_id") == f"facility:{plant}"
    )
    return str(places["code"][0])


def test_a_release_does_not_differ_from_itself(example_edition: Edition) -> None:
    difference = compare(example_edition, example_edition)
    assert difference.is_empty
    (summary,) = word(difference, "zh")
    assert summary.sentences == ("两次发布没有差别。",)


def test_the_plant_is_named_with_its_coal_and_its_carbon(
    example_edition: Edition, changed: Edition, plant: str
) -> None:
    difference = compare(example_edition, changed)
    (row,) = difference.sources.iter_rows(named=True)
    assert (row["subject_id"], row["activity_code"]) == (plant, "bituminous_coal")
    assert row["change_share"] == pytest.approx(0.5)
    coal = example_edition.table("inventory.emissions").filter(
        pl.col("facility_id") == plant, COAL, pl.col("species") == "CO2"
    )
    assert row["co2_change_t"] == pytest.approx(coal["emission_t"].sum() / 2)
    text = to_markdown(difference, "zh")
    assert f"原因：{plant}" in text
    assert "烟煤 +50.0 %" in text


def test_totals_units_targets_and_clauses_follow(
    example_edition: Edition, changed: Edition, plant: str
) -> None:
    difference = compare(example_edition, changed)
    (total,) = difference.totals.iter_rows(named=True)
    assert (total["scenario_id"], total["species"]) == ("", "CO2")
    assert total["after_t"] > total["before_t"]
    (unit,) = difference.units.iter_rows(named=True)
    assert unit["control_unit_code"] == unit_of(example_edition, plant)
    assert unit["class_changed"]
    assert unit["rank_after"] - unit["rank_before"] == 1
    assert sorted(difference.clauses["change"]) == ["removed", "reworded"]
    assert difference.gaps.height == 1


def test_a_unit_is_explained_by_its_own_plant_or_by_the_others(
    example_edition: Edition, changed: Edition, plant: str
) -> None:
    causes = compare(example_edition, changed).causes
    own = unit_of(example_edition, plant)
    assert causes.of_unit(own)["subject_id"].to_list() == [plant]
    other = next(
        code for code in example_edition.table("zoning.control_units")["control_unit_code"] if code != own
    )
    assert causes.of_unit(other).is_empty()
    units = next(part for part in word(compare(example_edition, changed), "zh") if part.name == "units")
    assert plant in units.rows[0][-1]


def test_changes_read_backwards_have_the_opposite_sign(example_edition: Edition, changed: Edition) -> None:
    forth, back = compare(example_edition, changed), compare(changed, example_edition)
    assert forth.sources["co2_change_t"][0] == -back.sources["co2_change_t"][0]
    assert sorted(back.clauses["change"]) == ["added", "reworded"]


def test_releases_of_two_cities_are_not_compared(example_edition: Edition) -> None:
    with pytest.raises(OtherCityError):
        compare(example_edition, replace(example_edition, city_code="321300"))


def test_a_table_only_one_release_has_counts_as_empty_in_the_other(example_edition: Edition) -> None:
    older = replace(
        example_edition, tables={n: f for n, f in example_edition.tables.items() if n != "access.clauses"}
    )
    difference = compare(older, example_edition)
    assert set(difference.clauses["change"]) == {"added"}
    assert difference.clauses.height == example_edition.table("access.clauses").height


def test_hostile_text_stays_text_in_every_form(example_edition: Edition, changed: Edition) -> None:
    bad = "</td><script>alert(1)</script> | `x` # $ *y* _z_ =cmd"
    clauses = changed.tables["access.clauses"].with_columns(
        clause_text=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(bad)).otherwise(pl.col("clause_text"))
    )
    difference = compare(
        example_edition, replace(changed, tables={**changed.tables, "access.clauses": clauses})
    )
    page = to_html(difference, "zh")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    line = next(line for line in to_markdown(difference, "zh").splitlines() if "script" in line)
    assert "<script>" not in line
    assert "\\|" in line
    assert bad in json.dumps(json.loads(to_document(difference)), ensure_ascii=False)


def test_the_annex_of_a_report_has_headings_and_numbered_tables(
    example_edition: Edition, changed: Edition
) -> None:
    blocks = annex_blocks(compare(example_edition, changed), "zh")
    assert isinstance(blocks[0], Heading)
    assert blocks[0].annex
    tables = [block for block in blocks if isinstance(block, DataTable)]
    assert len({table.table_id for table in tables}) == len(tables) >= 4
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_the_annex_is_handed_in_as_word_and_pdf(
    example_edition: Edition, changed: Edition, plant: str, tmp_path: Path
) -> None:
    files = annex_files(compare(example_edition, changed), "zh")
    assert sorted(files) == ["annex.docx", "annex.pdf"]
    assert word_findings(files["annex.docx"], tmp_path / "annex.docx") == []
    assert squeezed(plant) in squeezed("".join(docx_paragraphs(files["annex.docx"])))
    assert squeezed(plant) in "".join(pdf_pages(files["annex.pdf"]))


def test_english_words_for_english_readers(example_edition: Edition, changed: Edition, plant: str) -> None:
    text = to_markdown(compare(example_edition, changed), "en")
    assert f"Because of {plant}" in text
    assert "bituminous\\_coal +50.0 %" in text


def test_numbers_are_written_for_people() -> None:
    assert (number(1234567.8), number(12.345), number(0.01234), number(None)) == (
        "1,234,568",
        "12.35",
        "0.0123",
        "—",
    )
    assert (percent(0.5), percent(-0.000012), percent(None)) == ("+50.0 %", "-0.0012 %", "—")
    assert (signed(5.0), signed(-5.0), signed(0.0)) == ("+5", "-5", "0")
    assert (arrow("a", "b"), arrow("a", "a"), arrow(None, "b")) == ("a → b", "a", "— → b")
