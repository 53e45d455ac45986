"""The layers of a release with their attributes: polygons, loads, scores, key marks and clauses joined."""

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce

import polars as pl

from sxyd_pipeline.contracts import access, synergy
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.result_data.fields import (
    CONTROL_UNITS,
    DISTRICTS,
    GRID,
    SPECIES_FIELDS,
    Layer,
    zone_layer,
)
from sxyd_pipeline.io.geoparquet import GEOMETRY
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ELEMENT_BY_CODE
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

#: Scenario that reproduces the inventory.
_BASELINE = "baseline"
_SCORES_TAKEN = (
    "apeq_t", "apeq_density_t_per_km2", "quadrant", "homology", "composite_score", "rank", "rank_low",
    "rank_high", "score_class", "top_class_probability", "method_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilledLayer:
    """A layer with its rows.

    Attributes:
        layer: what it is and which fields it has.
        frame: the fields in their order, then ``geometry`` as WKB in EPSG:4490; sorted by key.
    """

    layer: Layer
    frame: pl.DataFrame


def fill_layers(edition: Edition) -> Iterator[FilledLayer]:
    """Yield the layers of a release: control units, districts, each element's zones, grid."""
    zones = edition.tables["zoning.zones"]
    units = _without_absent_elements(CONTROL_UNITS, set(zones["element"]))
    yield FilledLayer(units, _control_units(edition, units))
    yield FilledLayer(DISTRICTS, _districts(edition))
    for element in ELEMENT_BY_CODE:
        part = zones.filter(pl.col("element") == element)
        if part.height:
            layer = zone_layer(element)
            yield FilledLayer(layer, _zones(edition, part, layer))
    if edition.has(GRID.table):
        yield FilledLayer(GRID, _finish(edition.tables[GRID.table], edition, GRID))


def _without_absent_elements(layer: Layer, present: set[str]) -> Layer:
    absent = {f"{element}_zone_code" for element in ELEMENT_BY_CODE if element not in present}
    return replace(layer, fields=tuple(field for field in layer.fields if field.name not in absent))


def _control_units(edition: Edition, layer: Layer) -> pl.DataFrame:
    key = "control_unit_code"
    frame = (
        edition.tables["zoning.control_units"]
        .join(_district_names(edition), on="district_code", how="left", maintain_order="left")
        .join(_main_zones(edition), on=key, how="left", maintain_order="left")
        .join(
            _loads(edition, "baseline.control_unit_emissions", key), on=key, how="left", maintain_order="left"
        )
        .join(_scores(edition, synergy.CONTROL_UNIT_SCORES, key), on=key, how="left", maintain_order="left")
        .join(_coordination(edition), on=key, how="left", maintain_order="left")
        .join(_key_marks(edition, "control_unit", key), on=key, how="left", maintain_order="left")
        .join(_clauses(edition), on=key, how="left", maintain_order="left")
    )
    return _finish(frame, edition, layer)


def _districts(edition: Edition) -> pl.DataFrame:
    key = "district_code"
    frame = (
        edition.tables["zoning.districts"]
        .join(_loads(edition, "baseline.district_emissions", key), on=key, how="left", maintain_order="left")
        .join(_key_marks(edition, "district", key), on=key, how="left", maintain_order="left")
        .join(_equivalents(edition, "district", key), on=key, how="left", maintain_order="left")
    )
    return _finish(frame, edition, DISTRICTS)


def _zones(edition: Edition, zones: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    key = "zone_code"
    frame = (
        zones.join(_district_names(edition), on="district_code", how="left", maintain_order="left")
        .join(_loads(edition, "baseline.zone_emissions", key), on=key, how="left", maintain_order="left")
        .join(_scores(edition, synergy.ZONE_SCORES, key), on=key, how="left", maintain_order="left")
        .join(_key_marks(edition, "zone", key), on=key, how="left", maintain_order="left")
    )
    return _finish(frame, edition, layer)


def _finish(frame: pl.DataFrame, edition: Edition, layer: Layer) -> pl.DataFrame:
    """Add what holds for the whole release, and bring the fields to their types and order."""
    stamped = frame.with_columns(
        province=pl.lit(edition.province),
        city_name=pl.lit(edition.city_name),
        gwp_set=pl.lit(edition.gwp_set),
        release_id=pl.lit(edition.release_id),
        year=pl.lit(edition.base_year),
    )
    return stamped.select(
        *(pl.col(field.name).cast(field.column.dtype) for field in layer.fields), pl.col(GEOMETRY)
    ).sort(layer.key)


def _rows(edition: Edition, table: Table) -> pl.DataFrame:
    """Return a table; without rows when the release does not carry it."""
    return edition.tables.get(table.full_name, table.empty())


def _district_names(edition: Edition) -> pl.DataFrame:
    return edition.tables["zoning.districts"].select("district_code", "district_name")


def _main_zones(edition: Edition) -> pl.DataFrame:
    """Return the zone of each element with the largest share of each unit; ties go to the first code."""
    bridge = edition.tables["zoning.control_unit_zones"].sort(
        "control_unit_code", "element", -pl.col("share_of_control_unit"), "zone_code"
    )
    first = bridge.group_by("control_unit_code", "element", maintain_order=True).first()
    return first.group_by("control_unit_code", maintain_order=True).agg(
        pl.col("zone_code").filter(pl.col("element") == element).first().alias(f"{element}_zone_code")
        for element in ELEMENT_BY_CODE
    )


def _loads(edition: Edition, table: str, key: str) -> pl.DataFrame:
    """Return the emissions of the base year per area, one column per species.

    A species an area does not emit is 0 there; the accounts list every species that is emitted.
    Values are placed, not summed; CO2 equivalents are added species by species in the order of the
    vocabulary, because a sum that threads share does not always end in the same digit.
    """
    of_year = edition.tables[table].filter(pl.col("year") == edition.base_year)
    by_species = {
        str(species): part.select(
            key,
            pl.col("emission_t").alias(f"{species}_t"),
            pl.col("density_t_per_km2").alias(f"{species}_density"),
            pl.col("co2e_tco2e").fill_null(0.0).alias(f"{species}_co2e"),
        )
        for (species,), part in of_year.group_by("species", maintain_order=True)
    }
    present = [species for species in SPECIES_CODES if species in by_species]
    frame = of_year.select(key).unique(maintain_order=True)
    for species in present:
        frame = frame.join(by_species[species], on=key, how="left", maintain_order="left")

    def of(species: str, what: str) -> pl.Expr:
        return pl.col(f"{species}_{what}").fill_null(0.0) if species in by_species else pl.lit(0.0)

    return frame.select(
        key,
        of("CO2", "t").alias("co2_t"),
        of("CO2", "density").alias("co2_density_t_per_km2"),
        reduce(operator.add, (of(species, "co2e") for species in present)).alias("co2e_tco2e"),
        *(of(one, "t").alias(f"{one.lower().replace('.', '')}_t") for one in SPECIES_FIELDS),
    )


def _scores(edition: Edition, table: Table, key: str) -> pl.DataFrame:
    """Return the scores of the base year."""
    rows = _rows(edition, table)
    of_year = rows.filter(pl.col("scenario_id") == _BASELINE, pl.col("year") == edition.base_year)
    return of_year.select(key, *_SCORES_TAKEN)


def _coordination(edition: Edition) -> pl.DataFrame:
    """Return the coordination degree of the base year under the first variant by name."""
    rows = _rows(edition, synergy.COUPLING).filter(
        pl.col("layer") == "control_unit",
        pl.col("scenario_id") == _BASELINE,
        pl.col("year") == edition.base_year,
        pl.col("coordination_d").is_not_null(),
    )
    first = rows.sort("code", "method_id", "formula_variant", "grade_scheme_id").group_by(
        "code", maintain_order=True
    )
    return first.first().select("coordination_d", control_unit_code=pl.col("code"), ccd_grade=pl.col("grade"))


def _key_marks(edition: Edition, scope_type: str, key: str) -> pl.DataFrame:
    rows = edition.tables["baseline.key_areas"].filter(pl.col("scope_type") == scope_type)
    return rows.select(pl.col("code").alias(key), is_key_carbon=pl.col("is_key").cast(pl.Int32))


def _equivalents(edition: Edition, scope_type: str, key: str) -> pl.DataFrame:
    rows = edition.tables["baseline.key_areas"].filter(pl.col("scope_type") == scope_type)
    return rows.select(pl.col("code").alias(key), "apeq_t")


def _clauses(edition: Edition) -> pl.DataFrame:
    """Return counts and texts of the clauses in force in each unit."""
    facts = _rows(edition, access.CLAUSES).select("clause_id", "is_carbon", "state")
    listed = (
        _rows(edition, access.CONTROL_UNIT_LISTS)
        .filter(pl.col("is_effective"))
        .join(facts, on="clause_id", how="left", maintain_order="left")
        .sort("control_unit_code", "dimension", "position")
    )
    return listed.group_by("control_unit_code", maintain_order=True).agg(
        clause_count=pl.len(),
        carbon_clause_count=pl.col("is_carbon").sum(),
        changed_clause_count=pl.col("state").is_in(["new", "changed"]).sum(),
        **{
            f"{dimension}_clauses": pl.col("clause_text")
            .filter(pl.col("dimension") == dimension)
            .str.join("\n")
            for dimension in DIMENSIONS
        },
    )
