"""Clusters and statistics of a city: all levels, all statistics, and a note where levels disagree."""

import polars as pl
import pytest

from sxyd_pipeline.contracts.synergy import CLUSTERS, SPATIAL_STATISTICS
from sxyd_pipeline.core.baseline import account_control_units, account_districts, place_sources
from sxyd_pipeline.core.baseline.equivalents import choose_equivalents
from sxyd_pipeline.core.synergy.grid import grid_city
from sxyd_pipeline.core.synergy.space_city import clusters_of_city, draw_levels, statistics_of_city
from sxyd_pipeline.core.synergy.space_notes import compare_levels
from sxyd_pipeline_tests.core.synergy.printed_tables import reference
from sxyd_pipeline_tests.core.synergy.squares_city import CITY, FACILITIES, PROXIES, city_sources

REFERENCE = reference()
SOURCES = city_sources()
PLACED = place_sources(SOURCES, FACILITIES, PROXIES, CITY.districts, CITY.zones, CITY.control_units)
TABLES = (
    grid_city(SOURCES, FACILITIES, PROXIES, CITY.districts, REFERENCE, CITY.config).table,
    account_control_units(SOURCES, PLACED, CITY.control_units).table,
    account_districts(SOURCES, PLACED, CITY.districts).table,
    CITY.control_units,
    CITY.districts,
)
FOUND = clusters_of_city(*TABLES, REFERENCE, CITY.config)
MEASURED = statistics_of_city(*TABLES, REFERENCE, CITY.config)


def test_every_area_of_every_level_has_every_statistic() -> None:
    assert FOUND.columns == [column.name for column in CLUSTERS.columns]
    counts = FOUND.group_by("layer").agg(areas=pl.col("code").n_unique(), rows=pl.len()).sort("layer")
    # Two variables and two scales by two statistics, and the pair on both scales.
    assert counts.rows() == [("control_unit", 4, 40), ("district", 2, 20), ("grid", 200, 2000)]
    assert FOUND["permutations"].min() >= 999  # type: ignore[operator]  # a number


def test_densities_of_levels_by_hand() -> None:
    levels = draw_levels(*TABLES, choose_equivalents(REFERENCE.pollution_equivalents), snap_m=1.0)
    grid, units, districts = levels
    assert districts.densities["co2_density"].tolist() == pytest.approx([9.8, 1.0])
    # The chimney and three quarters of the homes stand in the south-west.
    assert units.densities["co2_density"].tolist() == pytest.approx([960 / 50, 20 / 50, 1.0, 1.0], rel=1e-6)
    assert max(grid.densities["co2_density"]) == pytest.approx(900.0)
    assert units.weights.counts.tolist() == [3, 3, 3, 3]


def test_a_cell_cut_by_the_border_has_the_density_of_its_fields() -> None:
    cut = TABLES[0].copy()
    at = cut.index[cut["co2_point_t"] == 0.0][-1]
    cut.loc[at, ["area_km2", "co2_t"]] = [0.25, 0.25]
    levels = draw_levels(cut, *TABLES[1:], choose_equivalents(REFERENCE.pollution_equivalents), snap_m=1.0)
    assert levels[0].densities["co2_density"][at] == pytest.approx(1.0)


def test_the_even_fields_of_the_east_are_no_cluster_of_their_own_making() -> None:
    east = FOUND.filter(
        pl.col("layer") == "grid", pl.col("variable") == "co2_density", pl.col("statistic") == "gi_star",
        pl.col("cluster") == "hot",
    )  # fmt: skip
    columns = east["code"].str.slice(8).cast(pl.Int64)
    assert (columns < 1355).all()


def test_statistics_stand_at_three_levels_with_their_counts() -> None:
    assert MEASURED.columns == [column.name for column in SPATIAL_STATISTICS.columns]
    assert MEASURED.height == 24
    counts = dict(MEASURED.group_by("layer").agg(pl.col("feature_count").max()).iter_rows())
    assert counts == {"grid": 200, "control_unit": 4, "district": 2}
    # The two units of the east are fields of one density.
    ties = MEASURED.filter(pl.col("layer") == "control_unit", pl.col("statistic") == "moran_i")["tie_count"]
    assert ties.to_list() == [2, 2, 2, 2]


def test_two_districts_have_one_answer_and_no_variance() -> None:
    row = MEASURED.row(
        by_predicate=(pl.col("layer") == "district") & (pl.col("variable") == "co2_density"), named=True
    )
    assert row["value"] == pytest.approx(-1.0)
    assert row["variance"] is None
    assert row["z_score"] is None


def test_a_note_tells_that_levels_disagree_and_another_that_they_agree() -> None:
    rows = [
        ("grid", 0.6, 0.001), ("control_unit", 0.2, 0.30), ("district", -0.4, 0.03),
    ]  # fmt: skip
    table = pl.DataFrame(
        [("co2_density", "moran_i", layer, value, -0.1, p, 50, "") for layer, value, p in rows],
        schema=["variable", "statistic", "layer", "value", "expected", "p_value", "feature_count", "note"],
        orient="row",
    )
    note = compare_levels(table, ("grid", "control_unit", "district"), 0.05)["note_zh"][0]
    assert note == (
        "网格 0.600（显著聚集）；管控单元 0.200（不显著）；区县 -0.400（显著相离）"
        "：结论随单元大小而变（可变面元问题），引用时须写明尺度"
    )
    same = compare_levels(table.with_columns(p_value=0.5), ("grid", "control_unit", "district"), 0.05)
    assert same["note_zh"][0].endswith("各尺度结论一致")


def test_every_row_says_how_it_was_made() -> None:
    for table in (FOUND, MEASURED):
        assert table.select("method_id", "formula_variant", "inputs_hash").null_count().row(0) == (0, 0, 0)
        assert set(table["method_id"]) <= set(REFERENCE.methods["method_id"])


def test_units_of_mass_do_not_move_a_cluster() -> None:
    thousandfold = [
        TABLES[0].assign(
            **{name: TABLES[0][name] * 1000.0 for name in TABLES[0].columns if name.endswith("_t")}
        ),
        *(table.with_columns(pl.col("emission_t") * 1000.0) for table in TABLES[1:3]),
    ]
    other = clusters_of_city(*thousandfold, *TABLES[3:], REFERENCE, CITY.config)
    assert other["cluster"].to_list() == FOUND["cluster"].to_list()
