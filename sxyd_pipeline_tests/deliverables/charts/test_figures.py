import io
import tomllib
from importlib import resources

import pytest
from PIL import Image
from pypdf import PdfReader

from sxyd_pipeline.deliverables.charts import draw, draw_figures, figure_ids
from sxyd_pipeline.deliverables.charts.structure import energy_flows
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.mapkit.kit import open_kit
from sxyd_pipeline.deliverables.mapkit.output import Drawing
from sxyd_pipeline_tests.deliverables.papers import fonts_of


def quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def figures(example_edition: Edition) -> dict[str, Drawing]:
    """Every figure there is."""
    return draw_figures(example_edition, "zh", figure_ids(example_edition), quiet)


def test_every_figure_the_report_may_place_is_drawn(figures: dict[str, Drawing]) -> None:
    text = (
        resources.files("sxyd_pipeline.deliverables.report")
        .joinpath("figures.toml")
        .read_text(encoding="utf-8")
    )
    assert {one["id"] for one in tomllib.loads(text)["figure"]} <= set(figures)


def test_figures_are_as_wide_as_the_text_of_the_report(figures: dict[str, Drawing]) -> None:
    for name, figure in figures.items():
        width, height = (float(value) for value in PdfReader(io.BytesIO(figure.vector)).pages[0].mediabox[2:])
        assert width == pytest.approx(156.0 / 25.4 * 72.0, abs=0.1), name
        assert height < 260.0 / 25.4 * 72.0, name


def test_figures_carry_their_fonts(figures: dict[str, Drawing]) -> None:
    for name, figure in figures.items():
        found = fonts_of(figure.vector)
        assert found, name
        assert all(kind == "/CIDFontType2" and embedded for _, kind, embedded in found), (name, found)


def test_figures_say_that_their_data_are_synthetic(figures: dict[str, Drawing]) -> None:
    for name, figure in figures.items():
        assert "示例数据" in PdfReader(io.BytesIO(figure.vector)).pages[0].extract_text(), name


def test_pictures_for_word_are_sharp_and_small(figures: dict[str, Drawing]) -> None:
    for name, figure in figures.items():
        with Image.open(io.BytesIO(figure.png)) as picture:
            assert picture.width == round(156.0 / 25.4 * 220), name
        assert len(figure.png) < 400_000, name


def test_one_figure_alone_is_the_same_bytes(example_edition: Edition, figures: dict[str, Drawing]) -> None:
    assert draw(example_edition, "lmdi_waterfall", "zh").png == figures["lmdi_waterfall"].png


def test_english_figures_have_english_words(example_edition: Edition) -> None:
    text = PdfReader(io.BytesIO(draw(example_edition, "energy_sankey", "en").vector)).pages[0].extract_text()
    assert "power and heat" in text
    assert "EXAMPLE DATA" in text


def test_a_figure_without_its_table_is_left_out(example_edition: Edition) -> None:
    tables = {name: frame for name, frame in example_edition.tables.items() if name != "synergy.mac_curve"}
    fields = {name: getattr(example_edition, name) for name in Edition.__dataclass_fields__}
    poorer = Edition(**{**fields, "tables": tables})
    assert "mac_curve" not in figure_ids(poorer)
    assert draw_figures(poorer, "zh", ["mac_curve"], quiet) == {}
    with pytest.raises(KeyError, match="mac_curve"):
        draw(poorer, "mac_curve", "zh")


def test_what_flows_into_power_plants_flows_out(example_edition: Edition) -> None:
    with open_kit(example_edition, "zh") as kit:
        flows = energy_flows(kit)
    into = sum(value for _, end, value in flows if end == "power_heat")
    out = sum(value for start, _, value in flows if start == "power_heat")
    assert into == pytest.approx(out)
    assert into > 0.0
