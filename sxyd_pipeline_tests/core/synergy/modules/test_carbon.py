"""Stocks and sinks: a published catchment, a transition matrix, and two quantities that never meet."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.modules.carbon import (
    CarbonSink,
    CarbonStock,
    carbon_change,
    carbon_sink,
    carbon_stock,
    densities_of,
    marginals,
    nep_fluxes,
    total_sink,
    total_stock,
)
from sxyd_pipeline.core.synergy.modules.failures import StockPlusFluxError, UnknownLandClassError
from sxyd_pipeline_tests.core.inputs.standardising import reference

CLASSES = ("forest", "shrub", "grassland", "orchard", "cropland", "other")
#: Mata catchment 1999-2016, ha; rows are 1999, columns 2016 (ChinaXiv-202103.00039).
MATA = (
    (5.21, 2.07, 1.96, 1.94, 0.27, 0.15),
    (7.53, 15.23, 17.96, 26.32, 3.08, 6.66),
    (0.83, 1.06, 4.99, 10.37, 1.55, 2.66),
    (6.1, 8.59, 20.43, 43.07, 2.68, 3.27),
    (0.11, 0.53, 3.38, 12.01, 1.28, 1.85),
    (0.15, 0.35, 5.86, 21.26, 1.05, 0.67),
)
AREA_1999 = (11.6, 76.78, 21.46, 84.14, 19.16, 29.34)
AREA_2016 = (19.93, 27.83, 54.58, 114.97, 9.91, 15.26)
PUBLISHED_CHANGE_TC = 1688.0
FLUXES = pl.DataFrame(
    {"land_class": ["forest", "built"], "flux_tco2_per_ha": [4.5, 0.0], "low_tco2_per_ha": [3.0, 0.0],
     "high_tco2_per_ha": [6.0, 0.0]}
)  # fmt: skip
DENSITIES = pl.DataFrame({"land_class": ["forest", "built"], "density_tc_per_ha": [100.0, 40.0]})


def mata() -> pl.DataFrame:
    return pl.DataFrame(
        [
            (before, after, area)
            for before, row in zip(CLASSES, MATA, strict=True)
            for after, area in zip(CLASSES, row, strict=True)
        ],
        schema=["from_class", "to_class", "area_ha"],
        orient="row",
    )


def mata_densities() -> pl.DataFrame:
    return densities_of(reference().carbon_densities, "mata_1999")


def areas(values: tuple[float, ...]) -> pl.DataFrame:
    return pl.DataFrame({"land_class": CLASSES, "area_ha": values})


def test_the_stock_of_the_mata_catchment_grew_as_published_within_1_3_percent() -> None:
    change = total_stock(carbon_change(mata(), mata_densities()), "stock_change_tc").tc
    assert change == pytest.approx(1668.0, abs=2.0)
    assert change == pytest.approx(PUBLISHED_CHANGE_TC, rel=0.013)


def test_the_change_by_transition_is_the_difference_of_two_stocks() -> None:
    first, last = (total_stock(carbon_stock(areas(a), mata_densities())).tc for a in (AREA_1999, AREA_2016))
    by_transition = total_stock(carbon_change(mata(), mata_densities()), "stock_change_tc").tc
    # The printed areas are rounded to 0.01 ha.
    assert last - first == pytest.approx(by_transition, abs=0.02 * 6 * 164)


def test_the_marginals_of_the_matrix_are_the_printed_areas() -> None:
    found = marginals(mata())
    wanted = dict(zip(CLASSES, zip(AREA_1999, AREA_2016, strict=True), strict=True))
    for land_class, before, after in found.select("land_class", "before_ha", "after_ha").iter_rows():
        assert (before, after) == pytest.approx(wanted[land_class], abs=0.03)


def test_a_stock_is_the_sum_of_its_four_pools() -> None:
    row = carbon_stock(areas((10.0, 0, 0, 0, 0, 0)), mata_densities()).row(0, named=True)
    assert row["above_tc"] == pytest.approx(446.0)
    assert row["stock_tc"] == pytest.approx(1637.0)
    assert row["stock_tc"] == pytest.approx(sum(row[f"{p}_tc"] for p in ("above", "below", "soil", "dead")))
    assert row["basis"] == "reference"


def test_an_own_density_goes_before_the_table() -> None:
    own = pl.DataFrame(
        {"land_class": ["forest", "peat"], "area_ha": [1.0, 2.0], "density_tc_per_ha": [None, 500.0]}
    )
    stocks = carbon_stock(own, DENSITIES)
    assert stocks["stock_tc"].to_list() == [100.0, 1000.0]
    assert stocks["basis"].to_list() == ["reference", "package"]


def test_a_class_without_a_density_is_named() -> None:
    with pytest.raises(UnknownLandClassError, match="swamp"):
        carbon_stock(pl.DataFrame({"land_class": ["swamp"], "area_ha": [1.0]}), DENSITIES)
    with pytest.raises(UnknownLandClassError, match="swamp"):
        carbon_sink(pl.DataFrame({"land_class": ["swamp"], "area_ha": [1.0]}), FLUXES)


def test_ten_hectares_of_forest_built_over_lose_stock_and_sink_side_by_side() -> None:
    change = pl.DataFrame({"from_class": ["forest"], "to_class": ["built"], "area_ha": [10.0]})
    row = carbon_change(change, DENSITIES, FLUXES).row(0, named=True)
    assert row["stock_change_tc"] == -600.0
    assert row["sink_change_tco2_per_year"] == -45.0


def test_npp_is_refused_as_a_sink_and_nothing_is_put_in_its_place() -> None:
    own = pl.DataFrame(
        {"land_class": ["forest", "forest"], "area_ha": [10.0, 10.0], "flux_tco2_per_ha": [24.1, 5.0],
         "flux_kind": ["npp", "nep"]}
    )  # fmt: skip
    sinks = carbon_sink(own, FLUXES)
    assert sinks["state"].to_list() == ["refused", "counted"]
    assert sinks["sink_tco2_per_year"].to_list() == [None, 50.0]
    assert total_sink(sinks) == CarbonSink(50.0)


def test_a_sink_of_the_table_has_its_range() -> None:
    row = carbon_sink(pl.DataFrame({"land_class": ["forest"], "area_ha": [2.0]}), FLUXES).row(0, named=True)
    assert (row["low_tco2_per_year"], row["sink_tco2_per_year"], row["high_tco2_per_year"]) == (
        6.0,
        9.0,
        12.0,
    )


def test_only_nep_rows_of_the_reference_serve_as_fluxes() -> None:
    fluxes = nep_fluxes(reference().carbon_fluxes)
    assert fluxes["land_class"].is_unique().all()
    assert fluxes["flux_tco2_per_ha"].max() <= 6.0


def test_a_stock_and_a_flux_cannot_be_added_either_way_round() -> None:
    stock, sink = CarbonStock(100.0), CarbonSink(5.0)
    with pytest.raises(StockPlusFluxError, match="重复计算"):
        stock + sink
    with pytest.raises(StockPlusFluxError, match="same carbon"):
        sink + stock
    assert stock + CarbonStock(1.0) == CarbonStock(101.0)
    assert sink + CarbonSink(1.0) == CarbonSink(6.0)
    with pytest.raises(TypeError):
        stock + 1.0  # type: ignore[operator]  # a bare number has no unit


AREA = st.floats(min_value=0.0, max_value=1e6)


@settings(max_examples=30)
@given(matrix=st.lists(st.lists(AREA, min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_matrix_and_its_reverse_cancel(matrix: list[list[float]]) -> None:
    names = ("forest", "built")
    rows = [(a, b, matrix[i][j]) for i, a in enumerate(names) for j, b in enumerate(names)]
    there = pl.DataFrame(rows, schema=["from_class", "to_class", "area_ha"], orient="row")
    back = there.rename({"from_class": "to_class", "to_class": "from_class"})
    both = pl.concat([there, back.select(there.columns)])
    changes = carbon_change(both, DENSITIES, FLUXES)
    scale = 1e-9 * (1.0 + sum(map(sum, matrix))) * 100
    assert abs(changes["stock_change_tc"].sum()) <= scale
    assert abs(changes["sink_change_tco2_per_year"].sum()) <= scale


@settings(max_examples=30)
@given(values=st.lists(AREA, min_size=1, max_size=6))
def test_a_stock_does_not_depend_on_how_land_is_cut(values: list[float]) -> None:
    cut = carbon_stock(pl.DataFrame({"land_class": ["forest"] * len(values), "area_ha": values}), DENSITIES)
    whole = carbon_stock(pl.DataFrame({"land_class": ["forest"], "area_ha": [sum(values)]}), DENSITIES)
    assert total_stock(cut).tc == pytest.approx(total_stock(whole).tc)
