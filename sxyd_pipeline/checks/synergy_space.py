"""Rules on coupling, grid and clusters: formulas agree with each other, tonnes are all there, labels hold."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.ledgers import MASS_TOLERANCE
from sxyd_pipeline.core.synergy.grid import SPECIES_COLUMNS

#: Cells are measured square by square; their sum meets that of the districts to this relative difference.
AREA_TOLERANCE = 1e-6
_LIKE, _UNLIKE, _SILENT = ("HH", "LL"), ("HL", "LH"), ("not_significant", "island")


def coupling_off_formula(result: pl.DataFrame) -> pl.DataFrame:
    """Return rows where D squared is not C times T, or where a graded quantity is missing."""
    gap = (pl.col("coordination_d") ** 2 - pl.col("coupling_c") * pl.col("development_index")).abs()
    has_c = pl.col("coupling_c").is_not_null()
    return result.filter(
        (has_c & (gap.is_null() | (gap > MASS_TOLERANCE)))
        | (pl.col("coordination_d").is_not_null() & ~has_c)
        | (pl.col("coordination_d").is_not_null() & pl.col("synergy_degree").is_not_null())
    )


def grades_without_scheme(result: pl.DataFrame) -> pl.DataFrame:
    """Return rows with a value to grade that carry no grade or no scheme."""
    graded = pl.col("coordination_d").is_not_null() | pl.col("synergy_degree").is_not_null()
    return result.filter(graded & (pl.col("grade").is_null() | pl.col("grade_scheme_id").is_null()))


def grid_off_inventory(result: pl.DataFrame, source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return species whose cells do not sum to the inventory of the same year."""
    inventory = source_emissions.join(result.select("year").unique(), on="year", how="semi")
    rows = [
        (
            name,
            float(result[column].sum()),
            float(inventory.filter(pl.col("species") == name)["emission_t"].sum()),
        )
        for name, column in SPECIES_COLUMNS.items()
    ]
    table = pl.DataFrame(rows, schema=["species", "grid_t", "inventory_t"], orient="row")
    largest = pl.max_horizontal("grid_t", "inventory_t")
    return table.filter((pl.col("grid_t") - pl.col("inventory_t")).abs() > MASS_TOLERANCE * largest)


def cells_off_city(result: pl.DataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return one row where the cells' area inside the city is not that of the city, or exceeds the cell."""
    city_km2, cells_km2 = float(districts["area_km2"].sum()), float(result["area_km2"].sum())
    too_large = result.filter(pl.col("area_km2") > pl.col("cell_km2") * (1.0 + AREA_TOLERANCE))
    sums = pl.DataFrame({"cells_km2": [cells_km2], "city_km2": [city_km2], "too_large": [too_large.height]})
    off = abs(cells_km2 - city_km2) > AREA_TOLERANCE * city_km2
    return sums if off or not too_large.is_empty() else sums.clear()


def labels_off_sign(result: pl.DataFrame) -> pl.DataFrame:
    """Return areas whose cluster contradicts the sign of the statistic, or islands that are none."""
    value, cluster = pl.col("value"), pl.col("cluster")
    positive, negative = cluster.is_in([*_LIKE, "hot"]), cluster.is_in([*_UNLIKE, "cold"])
    no_neighbour = pl.col("neighbour_count") == 0
    of_gi = pl.col("statistic") == "gi_star"
    return result.filter(
        (positive & ~(value > 0.0).fill_null(value=False))
        | (negative & ~(value < 0.0).fill_null(value=False))
        | ((cluster == "island") != no_neighbour)
        | (no_neighbour & value.is_not_null())
        | (~cluster.is_in(list(_SILENT)) & (cluster.is_in(["hot", "cold"]) != of_gi))
    )


def labels_off_p(result: pl.DataFrame) -> pl.DataFrame:
    """Return areas with a cluster whose p is not below every p of the areas without one.

    The level of significance is data; whichever it is, it parts the two. A statistic of exactly 0 has no side
    and so no cluster.
    """
    silent = pl.col("cluster").is_in(list(_SILENT))
    least = pl.col("p_value").filter(silent & (pl.col("value") != 0.0)).min()
    bound = least.over("layer", "variable", "statistic")
    return result.filter(
        ~silent & (pl.col("p_value").is_null() | (pl.col("p_value") >= bound).fill_null(value=False))
    )
