"""Emissions on a regular grid: points into the cell that holds them, area sources by area or proxy.

The grid hangs on whole multiples of the cell size in the equal-area working projection, so that a city's
cells do not move when a border does. Cells are whole squares; what of them lies in the city is a column.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from scipy import sparse

from sxyd_pipeline.core.baseline.equivalents import Equivalents, choose_city_equivalents
from sxyd_pipeline.core.baseline.layer import Layer
from sxyd_pipeline.core.baseline.placements import district_layer, place_in_layers
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import Outcome, balance_of
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.core.synergy.space_settings import cell_side_km, setting
from sxyd_pipeline.core.zoning.areas import Floats, Indices, share_areas
from sxyd_pipeline.core.zoning.projection import GRID_M, M2_PER_KM2, Geometries, stored_frame

METHOD = "grid_allocation"
#: Species of the table, with their columns; CO2 and the pollution equivalents stand beside them.
SPECIES_COLUMNS = {
    "SO2": "so2_t", "NOx": "nox_t", "VOCs": "vocs_t", "NH3": "nh3_t", "CO": "co_t", "PM10": "pm10_t",
    "PM2.5": "pm25_t", "CO2": "co2_t",
}  # fmt: skip

_M_PER_KM = 1000.0
_STEP = "synergy.grid"


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a grid that share area with the city.

    Attributes:
        column: whole number of the cell to the east.
        row: whole number of the cell to the north.
        side_m: side of a cell.
        inside_m2: area of the cell inside the city.
    """

    column: Indices
    row: Indices
    side_m: float
    inside_m2: Floats

    @property
    def codes(self) -> list[str]:
        """Names of the cells, ascending: row and column, six digits each."""
        return [f"R{row:06d}C{column:06d}" for column, row in zip(self.column, self.row, strict=True)]

    @property
    def polygons(self) -> Geometries:
        """Squares in the working projection (m)."""
        west, south = self.column * self.side_m, self.row * self.side_m
        return np.asarray(shapely.box(west, south, west + self.side_m, south + self.side_m), dtype=object)


def choose_side_km(area_km2: float, wanted_km: float, cell_limit: int) -> float:
    """Return the wanted cell size, doubled until the city has no more than ``cell_limit`` cells."""
    side = wanted_km
    while area_km2 / side**2 > cell_limit:
        side *= 2.0
    return side


def draw_cells(city: Geometries, side_km: float) -> Cells:
    """Draw the cells that share area with any of the polygons.

    Args:
        city: polygons of the city on the working grid, without overlap (districts).
        side_km: side of a cell.

    Returns:
        Cells sorted by row and column.
    """
    side = side_km * _M_PER_KM
    west, south, east, north = shapely.total_bounds(city)
    columns = np.arange(np.floor(west / side), np.ceil(east / side), dtype=np.int64)
    rows = np.arange(np.floor(south / side), np.ceil(north / side), dtype=np.int64)
    row, column = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    every = Cells(column, row, side, np.zeros(len(row)))
    shared = share_areas(city, every.polygons, right_tiles=True)
    inside = np.bincount(shared.right, weights=shared.area_m2, minlength=len(row)).astype(np.float64)
    # A strip thinner than the working grid is two drawings of one line, not a piece of the city.
    kept = inside > GRID_M * side
    return Cells(column[kept], row[kept], side, inside[kept])


def cells_of_codes(codes: pl.Series) -> tuple[Indices, Indices]:
    """Read column and row back from the names of cells."""
    parts = codes.str.extract_groups(r"^R(?<row>-?\d+)C(?<column>-?\d+)$").struct.unnest()
    return parts["column"].cast(pl.Int64).to_numpy(), parts["row"].cast(pl.Int64).to_numpy()


def grid_city(
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    reference: Reference,
    config: CityConfig,
) -> Outcome:
    """Bring the base year of a city to the grid it chooses; see :func:`grid_emissions`.

    Raises:
        InvalidConfigError: ``[methods] grid_cell_km`` is not a positive number.
    """
    parameters = reference.synergy_parameters
    return grid_emissions(
        source_emissions.filter(pl.col("year") == config.base_year),
        facilities,
        proxies,
        districts,
        choose_city_equivalents(reference.pollution_equivalents, config),
        side_km=cell_side_km(parameters, config),
        cell_limit=int(setting(parameters, "grid_cell_limit")),
    )


def grid_emissions(
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    equivalents: Equivalents,
    *,
    side_km: float,
    cell_limit: int,
) -> Outcome:
    """Bring the inventory to a grid.

    ``cell_t = sum over spreads of spread_t * share of the spread in the cell``; shares of a spread sum to 1,
    by point, area or proxy weight as in ``baseline.placements``.

    Args:
        source_emissions: ``inventory.emissions`` of the base year.
        facilities: ``inputs.facilities``.
        proxies: ``inputs.proxies``; may be empty.
        districts: ``zoning.districts``.
        equivalents: weights of the pollution equivalents.
        side_km: wanted side of a cell.
        cell_limit: most cells; the side is doubled until it holds.

    Returns:
        ``synergy.grid`` (EPSG:4490) and its ledger over every species of the inventory; nothing is lost.

    Raises:
        UnplacedEmissionError: a source lies in no cell.
        MissingProxyError: a proxy is not in the package.
        ProxyWithoutWeightError: a proxy has no weight in a district.
    """
    city = district_layer(districts)
    side = choose_side_km(float(shapely.area(city.polygons).sum()) / M2_PER_KM2, side_km, cell_limit)
    cells = draw_cells(city.polygons, side)
    layer = Layer("grid", cells.codes, cells.polygons, covers_city=True, may_miss=False)
    placed = place_in_layers(source_emissions, facilities, proxies, [city, layer]).filter(
        pl.col("layer") == layer.name
    )
    tonnes = _spread(source_emissions, placed, layer.codes)
    is_point = source_emissions["source_kind"] == "point"
    of_points = _spread(source_emissions.filter(is_point), placed, layer.codes)
    nothing = np.zeros(len(layer.codes))
    values = pl.DataFrame(
        {
            "city_code": source_emissions["city_code"][0],
            "cell_id": layer.codes,
            "year": source_emissions["year"].min(),
            "area_km2": cells.inside_m2 / M2_PER_KM2,
            "cell_km2": side**2,
            # A species the city does not report at all is emitted by no cell.
            **{column: tonnes.get(name, nothing) for name, column in SPECIES_COLUMNS.items()},
            "apeq_t": _equivalents(tonnes, equivalents, nothing),
            "co2_point_t": of_points.get("CO2", nothing),
            "apeq_point_t": _equivalents(of_points, equivalents, nothing),
            "data_label": source_emissions["data_label"].drop_nulls().unique().sort().first(),
        },
        schema_overrides={"data_label": pl.String, "year": pl.Int32},
    )
    table = with_provenance(
        values, method_id=METHOD, inputs=inputs_hash(source_emissions, facilities, proxies, districts),
        formula_variant=f"{side:g} km 网格; 点源按坐标, 面源按面积或分配因子; {equivalents.words_zh}",
    )  # fmt: skip
    return Outcome(
        stored_frame(table.to_pandas().to_dict(orient="series"), layer.polygons),
        balance=balance_of(_STEP, source_emissions, _sums(source_emissions, tonnes)),
    )


def _spread(source_emissions: pl.DataFrame, placed: pl.DataFrame, codes: list[str]) -> dict[str, Floats]:
    """Return the tonnes of every species in every cell."""
    spreads = source_emissions["spread_id"].unique().sort()
    placed = placed.filter(pl.col("spread_id").is_in(spreads.implode()))
    place = {name: index for index, name in enumerate(spreads)}
    cell = {code: index for index, code in enumerate(codes)}
    shares = sparse.csr_array(
        (
            placed["share"].to_numpy(),
            (
                placed["code"].replace_strict(cell, return_dtype=pl.Int64).to_numpy(),
                placed["spread_id"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
            ),
        ),
        shape=(len(codes), len(spreads)),
    )
    wide = (
        source_emissions.sort("source_id")
        .group_by("spread_id", "species", maintain_order=True)
        .agg(pl.col("emission_t").sum())
        # A spread without a row of a species emits none of it.
        .pivot("species", index="spread_id", values="emission_t")
        .sort("spread_id")
        .fill_null(0.0)
    )
    species = sorted(name for name in wide.columns if name != "spread_id")
    found = shares @ wide.select(species).to_numpy()
    return {name: np.ascontiguousarray(found[:, index]) for index, name in enumerate(species)}


def _equivalents(tonnes: dict[str, Floats], equivalents: Equivalents, nothing: Floats) -> Floats:
    """Return the pollution equivalents of every cell."""
    weights = sorted(equivalents.weights.iter_rows())
    return sum((tonnes[name] * weight for name, weight in weights if name in tonnes), start=nothing)


def _sums(source_emissions: pl.DataFrame, tonnes: dict[str, Floats]) -> pl.DataFrame:
    """Return the sums over the cells, as rows of a ledger."""
    return pl.DataFrame(
        {
            "year": [source_emissions["year"].min()] * len(tonnes),
            "species": list(tonnes),
            "emission_t": [float(values.sum()) for values in tonnes.values()],
        },
        schema_overrides={"year": pl.Int32},
    )
