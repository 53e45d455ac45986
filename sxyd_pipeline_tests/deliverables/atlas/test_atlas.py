import io
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from pypdf import PdfReader

from sxyd_pipeline.deliverables.atlas.files import write
from sxyd_pipeline.deliverables.atlas.sheets import BY_ID, GROUPS, maps_of
from sxyd_pipeline.deliverables.charts.figures import CHARTS
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.mapkit.furniture import finish
from sxyd_pipeline.deliverables.mapkit.kit import open_kit
from sxyd_pipeline.deliverables.mapkit.output import saved
from sxyd_pipeline.deliverables.mapkit.sheet import A3
from sxyd_pipeline.deliverables.mapkit.typeface import fonts_for
from sxyd_pipeline_tests.conftest import FinishedDemo
from sxyd_pipeline_tests.deliverables.papers import fonts_of

HOSTILE = r"<b>$x_1$ \frac{1}{2} #set & =cmd|' /C' @_{ 龘"


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, int]]:
    """What was told while the atlas was written."""
    return []


@pytest.fixture(scope="module")
def built(example_edition: Edition, told: list[tuple[str, int, int]]) -> Mapping[str, bytes]:
    """The atlas of the example city, written a second time."""
    return write(example_edition, "zh", lambda what, done, total: told.append((what, done, total)))


@pytest.fixture(scope="module")
def book(built: Mapping[str, bytes]) -> PdfReader:
    """The bound atlas."""
    return PdfReader(io.BytesIO(built["atlas.pdf"]))


@pytest.fixture(scope="module")
def texts(book: PdfReader) -> dict[int, str]:
    """The text of cover, contents, the first maps and every fifth, by page from 0: maps are long to read."""
    chosen = sorted({0, 1, 2, 4, *range(7, len(book.pages), 5), len(book.pages) - 1})
    return {page: book.pages[page].extract_text() for page in chosen}


def test_two_builds_are_the_same_bytes(built: Mapping[str, bytes], finished_demo: FinishedDemo) -> None:
    for name, content in built.items():
        if not name.startswith("_preview/"):
            assert (finished_demo.release / name).read_bytes() == content, name


def test_every_map_the_release_has_data_for_is_a_page_and_a_picture(
    example_edition: Edition, built: Mapping[str, bytes], book: PdfReader, texts: dict[int, str]
) -> None:
    maps = maps_of(example_edition)
    assert len(maps) >= 25
    assert len(book.pages) == len(maps) + 2
    for number, one in enumerate(maps, start=1):
        if number + 1 in texts:
            assert one.zh in texts[number + 1]
            assert f"图 {number}" in texts[number + 1]
        assert f"atlas/{number:02d}_{one.map_id}.png" in built


def test_every_page_says_release_and_that_data_are_synthetic(
    example_edition: Edition, texts: dict[int, str]
) -> None:
    for number, text in texts.items():
        if number != 1:
            assert example_edition.release_id in text, number
            assert "示例数据" in text, number


def test_maps_say_projection_year_review_number_and_remark(texts: dict[int, str]) -> None:
    for text in list(texts.values())[2:]:
        for words in (
            "CGCS2000",
            "中央经线120°E",
            "基准年：2020年",
            "GS(2024)0650",
            "不作为划界依据",
            "编制单位",
            "密级",
        ):
            assert words in text


def test_maps_carry_graticule_scale_and_legend(texts: dict[int, str]) -> None:
    text = texts[4]
    for words in (
        "119°30′E",
        "32°00′N",
        "km",
        "（A3 幅面）",
        "北",
        "区县位置示意",
        "重点管控单元",
        "41 个 · 14.9%",
    ):
        assert words in text


def test_the_contents_name_every_map_with_its_page(
    example_edition: Edition, book: PdfReader, texts: dict[int, str]
) -> None:
    lines = texts[1]
    for one in maps_of(example_edition):
        assert one.zh in lines
    targets = [
        annotation.get_object()
        for annotation in book.pages[1]["/Annots"].get_object()  # type: ignore[attr-defined]
    ]
    assert len(targets) >= len(maps_of(example_edition))


def test_bookmarks_are_grouped_and_lead_to_their_pages(example_edition: Edition, book: PdfReader) -> None:
    outline = book.outline
    groups = [one for one in outline if not isinstance(one, list)]
    leaves = [leaf for one in outline if isinstance(one, list) for leaf in one]
    present = {one.group for one in maps_of(example_edition)}
    assert [one.title for one in groups] == [zh for group, (zh, _) in GROUPS.items() if group in present]
    pages = [book.get_destination_page_number(leaf) for leaf in leaves]
    assert pages == list(range(2, 2 + len(maps_of(example_edition))))


def test_pages_are_a3_landscape(book: PdfReader) -> None:
    for page in book.pages:
        width, height = (float(value) / 72.0 * 25.4 for value in page.mediabox[2:])
        assert (width, height) == (pytest.approx(420.0, abs=0.3), pytest.approx(297.0, abs=0.3))


def test_every_font_is_embedded_and_none_is_drawn_by_procedures(built: Mapping[str, bytes]) -> None:
    found = fonts_of(built["atlas.pdf"])
    assert len(found) > 20
    assert {kind for _, kind, _ in found} <= {"/CIDFontType2", "/CIDFontType0"}
    assert all(embedded for _, _, embedded in found)


def test_poppler_finds_the_fonts_clean(built: Mapping[str, bytes], tmp_path: Path) -> None:
    # A machine without poppler has the test above, which reads the same facts.
    if shutil.which("pdffonts") is not None:
        (tmp_path / "atlas.pdf").write_bytes(built["atlas.pdf"])
        run = subprocess.run(["pdffonts", tmp_path / "atlas.pdf"], capture_output=True, text=True, check=True)
        assert "Type 3" not in run.stdout
        assert "Mismatch" not in run.stderr
    assert built["atlas.pdf"].startswith(b"%PDF-1.7")


def test_pictures_are_sheets_at_150_dots_an_inch_and_small(built: Mapping[str, bytes]) -> None:
    pictures = [name for name in built if name.startswith("atlas/")]
    for name in pictures:
        with Image.open(io.BytesIO(built[name])) as picture:
            assert picture.size == (2480, 1754), name
            assert len(picture.convert("RGB").resize((200, 140)).getcolors(30_000) or ()) > 40, name
        assert len(built[name]) < 600_000, name


def test_charts_come_as_pictures_and_pages(example_edition: Edition, built: Mapping[str, bytes]) -> None:
    there = [one for one, kind in CHARTS.items() if kind.is_there(example_edition)]
    assert len(there) >= 10
    for one in there:
        assert built[f"charts/{one}.png"].startswith(b"\x89PNG")
        assert (
            example_edition.city_name
            in PdfReader(io.BytesIO(built[f"charts/{one}.pdf"])).pages[0].extract_text()
        )


def test_progress_counts_every_file_once(
    built: Mapping[str, bytes], told: list[tuple[str, int, int]]
) -> None:
    pictures = sum(name.endswith(".png") and not name.startswith("_preview/") for name in built)
    assert [done for _, done, _ in told] == list(range(1, pictures + 2))
    assert {total for _, _, total in told} == {pictures + 1}


def test_maps_of_modules_that_did_not_run_are_absent(example_edition: Edition) -> None:
    without = {one.map_id for one in maps_of(replace(example_edition, modules=frozenset()))}
    gone = {"water_zones", "ecology_zones", "water_synergy", "carbon_sinks", "siting", "non_co2"}
    assert not gone & without
    assert {"control_units", "air_zones", "resources_zones", "lisa"} <= without
    assert gone <= {one.map_id for one in maps_of(example_edition)}


def test_maps_without_their_table_are_absent(example_edition: Edition) -> None:
    tables = {
        name: frame for name, frame in example_edition.tables.items() if not name.startswith("synergy.")
    }
    there = {one.map_id for one in maps_of(replace(example_edition, tables=tables))}
    assert {"base_map", "control_units", "key_units", "permitted"} <= there
    assert not {"co2_density", "lisa", "conflicts"} & there


def test_hostile_names_are_drawn_as_text(example_edition: Edition) -> None:
    districts = example_edition.tables["zoning.districts"]
    first = districts["district_code"][0]
    named = districts.with_columns(
        district_name=pl.when(pl.col("district_code") == first)
        .then(pl.lit(HOSTILE))
        .otherwise("district_name")
    )
    publication = replace(example_edition.publication, prepared_by=HOSTILE, disclaimer="长" * 4_000)
    hostile = replace(
        example_edition, city_name="A$B_{#}市", publication=publication,
        tables={**example_edition.tables, "zoning.districts": named},
    )  # fmt: skip
    with open_kit(hostile, "zh") as kit:
        sheet = BY_ID["base_map"].draw(kit, A3)
        finish(sheet, 1, BY_ID["base_map"].title(hostile, "zh"), sheet.subtitle, "zoning.districts")
        with fonts_for([sheet.figure], "base_map"):
            made = saved(sheet.figure, "base_map", 40)
    text = PdfReader(io.BytesIO(made.vector)).pages[0].extract_text()
    assert HOSTILE in text.replace("\n", "")
    assert "A$B_{#}市" in text
    assert "长长长" in text
    assert "…" in text
