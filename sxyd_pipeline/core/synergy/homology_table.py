"""``synergy.homology``: H1 to H4 and the ratio, by pollutant, of the city, its districts, units and zones."""

from collections.abc import Callable
from functools import reduce
from operator import add

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.homology import (
    APEQ,
    CARBON,
    SECTORS,
    emitter_of,
    rank_correlation,
    sector_of,
)
from sxyd_pipeline.core.synergy.indices_choices import Scale, parameter_of
from sxyd_pipeline.core.synergy.indices_table import city_scale
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

_AREA = ["layer", "code"]
_GASES = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")
POLLUTANTS = tuple(code for code in SPECIES_CODES if code not in _GASES)
_SCOPES = {"city": "city", "district": "district", "control_unit": "control_unit"}
_NAMES = {
    "H1": "结构重叠度", "H2": "结构余弦相似度", "H3": "排放位次相关", "H4": "双排源占比",
}  # fmt: skip
_METHODS = {
    "H1": "homology_overlap", "H2": "homology_cosine", "H3": "homology_rank", "H4": "homology_dual_source",
    "ratio": "homology_ratio",
}  # fmt: skip
_INDEX_SCHEMA = {
    "layer": pl.String, "code": pl.String, "species": pl.String, "index_id": pl.String, "value": pl.Float64,
    "variant": pl.String,
}  # fmt: skip


def describe_homology(
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    areas: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Compute the homology of CO2 with every pollutant, and with their equivalents, in the base year.

    H1, H2, H4 and the ratio of the city, each district, control unit and zone; H3 of the city over the areas
    of each layer, and of each district over its control units.

    Args:
        source_emissions: ``inventory.emissions``.
        placements: ``baseline.placements``.
        areas: ``layer, code, district_code`` of the areas in force
            (:func:`~sxyd_pipeline.core.synergy.indices.list_areas`).
        reference: reference data.
        config: settings of the city.

    Returns:
        ``synergy.homology``, sorted by its key; an index that is not defined is empty and its statement says
        why.
    """
    emitted = source_emissions.filter(pl.col("year") == config.base_year)
    emitters = gather_emitters(emitted, placements, areas, city_scale(reference, config), config.adcode)
    threshold = parameter_of(reference.score_parameters, "dual_source_co2_share")
    least = int(parameter_of(reference.score_parameters, "spearman_least_areas"))
    species = [name for name in (*POLLUTANTS, APEQ) if name in emitters.columns]
    parts = [
        compare_structures(emitters, species),
        share_dual_sources(emitters, species, threshold_share=threshold),
        relate_to_city(emitters, species),
        correlate_ranks(emitters, species, areas, config.adcode, least=least),
    ]
    table = pl.concat([part.select(_INDEX_SCHEMA.keys()) for part in parts]).with_columns(
        city_code=pl.lit(config.adcode),
        scope_type=pl.col("layer").replace_strict(_SCOPES, default="zone", return_dtype=pl.String),
        method=pl.col("index_id").replace_strict(_METHODS, return_dtype=pl.String),
        statement_zh=_statement(reference.score_parameters),
    )
    return (
        with_provenance(
            table,
            method_id=pl.col("method"),
            formula_variant=pl.format("{};year={}", pl.col("variant"), pl.lit(config.base_year)),
            inputs=inputs_hash(source_emissions, placements, areas),
        )
        .select(
            "city_code", "scope_type", "code", "species", "index_id", "value", "statement_zh", "method_id",
            "formula_variant", "grade_scheme_id", "inputs_hash",
        )
        .sort("scope_type", "code", "species", "index_id", "formula_variant")
    )  # fmt: skip


def gather_emitters(
    emitted: pl.DataFrame, placements: pl.DataFrame, areas: pl.DataFrame, scale: Scale, city_code: str
) -> pl.DataFrame:
    """Lay out what every emitter emits in every area, one column per species.

    Args:
        emitted: sources with ``facility_id, industry_code, source_category, spread_id, species, emission_t``.
        placements: ``spread_id, layer, code, share``.
        areas: ``layer, code`` of the areas wanted; the city is added as a layer of its own.
        scale: weights of the equivalents.
        city_code: code of the city.

    Returns:
        ``layer, code, sector, emitter``, a column (t/a) per species and ``APeq`` (t equivalents), sorted.
    """
    key = ["spread_id", "sector", "emitter"]
    wide = (
        emitted.with_columns(sector=sector_of(), emitter=emitter_of())
        .sort(*key, "species", "source_id")
        .group_by(*key, "species", maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .pivot("species", index=key, values="emission_t", sort_columns=True)
        # A species without a row is not emitted there.
        .with_columns(pl.exclude(key).fill_null(0.0))
    )
    weights = {name: weight for name, weight in scale.equivalents.weights.iter_rows() if name in wide.columns}
    wide = wide.with_columns(
        *(pl.lit(0.0).alias(name) for name in (CARBON,) if name not in wide.columns),
        # One after the other: a horizontal sum is cut by threads, and its digits with it.
        reduce(add, (pl.col(name) * weight for name, weight in weights.items()), pl.lit(0.0)).alias(APEQ),
    )
    amounts = [name for name in wide.columns if name not in key]
    whole = wide.select("spread_id", layer=pl.lit("city"), code=pl.lit(city_code), share=pl.lit(1.0)).unique(
        maintain_order=True
    )
    shares = placements.join(areas.select(_AREA), on=_AREA, how="semi").select(whole.columns)
    return (
        wide.join(pl.concat([whole, shares]), on="spread_id", maintain_order="left")
        .group_by(*_AREA, "sector", "emitter", maintain_order=True)
        .agg((pl.col(name) * pl.col("share")).sum() for name in amounts)
        .sort(*_AREA, "sector", "emitter")
    )


def compare_structures(emitters: pl.DataFrame, species: list[str]) -> pl.DataFrame:
    """Return H1 and H2 of every area and species: overlap and cosine of the sector structures.

    Args:
        emitters: result of :func:`gather_emitters`.
        species: species compared with CO2.

    Returns:
        ``layer, code, species, index_id, value, variant``.
    """
    sectors = emitters.group_by(*_AREA, "sector", maintain_order=True).agg(pl.col(CARBON, *species).sum())
    carbon = pl.col(CARBON)

    def overlap(name: str) -> pl.Expr:
        other = pl.col(name)
        return pl.min_horizontal(carbon / carbon.sum(), other / other.sum()).sum()

    def cosine(name: str) -> pl.Expr:
        other = pl.col(name)
        return (carbon * other).sum() / ((carbon**2).sum() * (other**2).sum()).sqrt()

    return pl.concat(
        [
            _by_species(sectors, species, index_id, of, SECTORS)
            for index_id, of in (("H1", overlap), ("H2", cosine))
        ]
    )


def share_dual_sources(emitters: pl.DataFrame, species: list[str], *, threshold_share: float) -> pl.DataFrame:
    """Return H4 of every area and species; arguments and result as in :func:`compare_structures`.

    Args:
        emitters: result of :func:`gather_emitters`.
        species: species compared with CO2.
        threshold_share: share of the area's CO2 from which an emitter counts as dual.
    """
    carbon = pl.col(CARBON)

    def dual(name: str) -> pl.Expr:
        other = pl.col(name)
        return other.filter(carbon >= threshold_share * carbon.sum()).sum() / other.sum()

    return _by_species(
        emitters, species, "H4", dual, f"emitters with >= {threshold_share:g} of the area's CO2"
    )


def relate_to_city(emitters: pl.DataFrame, species: list[str]) -> pl.DataFrame:
    """Return the ratio of each species to CO2 relative to the city's, as :func:`compare_structures` does."""
    # Summed by group: a sum over a filtered column depends on how threads cut it.
    totals = (
        emitters.filter(pl.col("layer") == "city")
        .group_by("layer", maintain_order=True)
        .agg(pl.col(CARBON, *species).sum())
    )
    city = {name: float(totals[name][0]) for name in (CARBON, *species)}

    def ratio(name: str) -> pl.Expr:
        of_city = city[name] / city[CARBON] if city[CARBON] > 0 and city[name] > 0 else None
        return pl.col(name).sum() / pl.col(CARBON).sum() / pl.lit(of_city, dtype=pl.Float64)

    return _by_species(emitters, species, "ratio", ratio, "relative to the city")


def correlate_ranks(
    emitters: pl.DataFrame, species: list[str], areas: pl.DataFrame, city_code: str, *, least: int
) -> pl.DataFrame:
    """Return H3: of the city over the areas of each layer, of each district over its control units.

    Args:
        emitters: result of :func:`gather_emitters`.
        species: species compared with CO2.
        areas: ``layer, code, district_code``.
        city_code: code of the city.
        least: areas below which nothing is said.
    """
    totals = emitters.group_by(_AREA, maintain_order=True).agg(pl.col(CARBON, *species).sum())
    # An area without any emitter emits nothing, and has its rank too.
    table = areas.select("layer", "code", "district_code").join(totals, on=_AREA, how="left").fill_null(0.0)
    groups = [
        ("city", city_code, f"areas={layer}", rows)
        for (layer,), rows in table.sort(_AREA).group_by(["layer"], maintain_order=True)
    ]
    units = (
        table.filter(pl.col("layer") == "control_unit")
        .drop_nulls("district_code")
        .sort("district_code", "code")
    )
    groups += [
        ("district", str(district), "areas=control_unit", rows)
        for (district,), rows in units.group_by(["district_code"], maintain_order=True)
    ]
    return pl.DataFrame(
        [
            (
                layer,
                code,
                name,
                "H3",
                rank_correlation(rows[CARBON].to_list(), rows[name].to_list(), least=least),
                variant,
            )
            for layer, code, variant, rows in groups
            for name in species
        ],
        schema=_INDEX_SCHEMA,
        orient="row",
    )


def _by_species(
    frame: pl.DataFrame, species: list[str], index_id: str, of: Callable[[str], pl.Expr], variant: str
) -> pl.DataFrame:
    """Compute one index of every area and species; empty where CO2 or the species is not emitted."""
    return (
        frame.group_by(_AREA, maintain_order=True)
        .agg(
            pl.when((pl.col(CARBON).sum() > 0) & (pl.col(name).sum() > 0)).then(of(name)).alias(name)
            for name in species
        )
        .unpivot(species, index=_AREA, variable_name="species", value_name="value")
        .with_columns(index_id=pl.lit(index_id), variant=pl.lit(variant))
    )


def _statement(parameters: pl.DataFrame) -> pl.Expr:
    high, low = (parameter_of(parameters, name) for name in ("homology_high", "homology_low"))
    value = pl.col("value")
    level = (
        pl.when(value >= high)
        .then(pl.lit("高"))
        .when(value < low)
        .then(pl.lit("低"))
        .otherwise(pl.lit("中等"))
    )
    heavier = pl.when(value > 1).then(pl.lit("污染偏重")).otherwise(pl.lit("碳偏重"))
    name = pl.col("index_id").replace_strict(_NAMES, default=None, return_dtype=pl.String)
    number = value.round(2).cast(pl.String)
    return (
        pl.when(value.is_null())
        .then(
            pl.format(
                "{} 与 CO2 的{}无定义：没有相应排放、区数过少或各区相同", "species", name.fill_null("比")
            )
        )
        .when(pl.col("index_id") == "ratio")
        .then(pl.format("{} 与 CO2 之比为全市的 {} 倍：{}", "species", number, heavier))
        .otherwise(pl.format("{} 与 CO2 的{}为 {}：同源性{}", "species", name, number, level))
    )
