"""Gates of coupling, grid and clusters let good results through and name the rows that are not."""

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.checks import synergy_space as gates
from sxyd_pipeline.core.synergy.grid import SPECIES_COLUMNS


def couplings(**changed: list[object]) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "coupling_c": [0.8, None], "development_index": [0.5, None], "coordination_d": [0.4**0.5, None],
        "synergy_degree": [None, -0.2], "grade": ["初级协调", "不协同"], "grade_scheme_id": ["a", "b"],
    }  # fmt: skip
    return pl.DataFrame({**columns, **changed}, schema_overrides={"synergy_degree": pl.Float64})


def test_d_squared_is_c_times_t() -> None:
    assert gates.coupling_off_formula(couplings()).is_empty()
    assert gates.coupling_off_formula(couplings(coordination_d=[0.8, None])).height == 1
    assert gates.coupling_off_formula(couplings(coupling_c=[None, None])).height == 1


def test_a_grade_without_a_scheme_is_named() -> None:
    assert gates.grades_without_scheme(couplings()).is_empty()
    assert gates.grades_without_scheme(couplings(grade_scheme_id=["a", None])).height == 1


def grid(co2_t: float = 60.0, area_km2: float = 1.0) -> pl.DataFrame:
    zeros = {column: [0.0, 0.0] for column in SPECIES_COLUMNS.values()}
    return pl.DataFrame(
        {
            **zeros,
            "year": [2020, 2020],
            "co2_t": [co2_t, 40.0],
            "area_km2": [area_km2, 0.5],
            "cell_km2": [1.0, 1.0],
        }
    )


INVENTORY = pl.DataFrame(
    {"year": [2020, 2020, 2019], "species": ["CO2"] * 3, "emission_t": [70.0, 30.0, 999.0]}
)
DISTRICTS = gpd.GeoDataFrame({"area_km2": [1.5]}, geometry=[shapely.box(0, 0, 1, 1)])


def test_cells_sum_to_the_inventory_of_their_year() -> None:
    assert gates.grid_off_inventory(grid(), INVENTORY).is_empty()
    assert gates.grid_off_inventory(grid(co2_t=60.001), INVENTORY)["species"].to_list() == ["CO2"]


def test_cells_cover_the_city() -> None:
    assert gates.cells_off_city(grid(), DISTRICTS).is_empty()
    assert gates.cells_off_city(grid(area_km2=0.9), DISTRICTS).height == 1
    assert gates.cells_off_city(grid(area_km2=1.1), DISTRICTS)["too_large"].to_list() == [1]


def clusters(**changed: list[object]) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "layer": ["grid"] * 4, "variable": ["co2_density"] * 4, "statistic": ["local_moran"] * 4,
        "value": [1.2, -0.4, 0.1, None], "p_value": [0.01, 0.03, 0.4, None],
        "cluster": ["HH", "LH", "not_significant", "island"], "neighbour_count": [8, 5, 8, 0],
    }  # fmt: skip
    return pl.DataFrame({**columns, **changed})


def test_a_cluster_follows_the_sign_of_its_statistic() -> None:
    assert gates.labels_off_sign(clusters()).is_empty()
    assert gates.labels_off_sign(clusters(cluster=["HL", "LH", "not_significant", "island"])).height == 1
    assert gates.labels_off_sign(clusters(cluster=["hot", "LH", "not_significant", "island"])).height == 1
    assert gates.labels_off_sign(clusters(neighbour_count=[8, 0, 8, 0])).height == 1


def test_a_cluster_has_a_smaller_p_than_whatever_is_none() -> None:
    assert gates.labels_off_p(clusters()).is_empty()
    assert gates.labels_off_p(clusters(p_value=[0.01, 0.5, 0.4, None]))["cluster"].to_list() == ["LH"]
    assert gates.labels_off_p(clusters(p_value=[None, 0.03, 0.4, None]))["cluster"].to_list() == ["HH"]
