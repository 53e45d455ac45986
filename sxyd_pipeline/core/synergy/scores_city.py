"""Scores of a city: weights, contributions, methods side by side, and the tables of units and zones."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.baseline.layer import OUTSIDE
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.homology import APEQ, CARBON, place_emitters, weigh_sources
from sxyd_pipeline.core.synergy.indices import AREA_KEY
from sxyd_pipeline.core.synergy.indices_choices import parameter_of
from sxyd_pipeline.core.synergy.indices_table import city_scale, scored_years, widen
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.core.synergy.ranks import hold_rank
from sxyd_pipeline.core.synergy.ranks_city import Scoring, draw_intervals
from sxyd_pipeline.core.synergy.reasons import AREA_NAMES, explain_scores
from sxyd_pipeline.core.synergy.scores import (
    agree,
    bound_components,
    classify_ranks,
    closeness,
    composite,
    contribute,
    normalise_components,
    rank_peers,
)
from sxyd_pipeline.core.synergy.weights import USER, settle_weights

#: Layers that are measured but not scored: districts are for comparison.
_NOTSCORED = ("district",)
#: Layers that are measured but not scored: districts are for comparison.
_NOT_SCORED = ("district",)
_COMPOSITE = "composite_score"
SCORED = (
    "co2_t", "apeq_t", "iapeq_t", "co2_density_t_per_km2", "apeq_density_t_per_km2", "co2_lq", "apeq_lq",
    "quadrant", "target_pressure", "reduction_potential_share", "homology", "composite_score", "rank",
    "rank_low", "rank_high", "top_class_probability", "score_class", "consensus_class", "consensus_share",
    "weight_scheme_id", "reason_zh", "reason_en", "method_id", "formula_variant", "grade_scheme_id",
    "inputs_hash",
)  # fmt: skip


def weigh_components(indicators: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Weigh the components of every layer under every scheme (``synergy.weights``).

    Entropy looks at the areas of the base year.

    Raises:
        InconsistentJudgementsError: the judgements of AHP contradict each other.
        InvalidConfigError: the city's own weights are not allowed.
        UnknownWeightSchemeError: the main scheme does not exist.
    """
    indices = _scored_layers(widen(indicators))
    names = reference.score_components["component"].to_list()
    normalised = _normalised(indices, reference, config)
    panel = (
        normalised.filter(pl.col("year") == config.base_year)
        # All scenarios are the same in the base year: one of them is the panel.
        .filter(pl.col("scenario_id") == pl.col("scenario_id").min())
        .pivot("component", index=["layer", "code"], values="normalised")
    )
    settled = settle_weights(panel, names, reference.score_weights, config)
    variant = pl.when(pl.col("kind") == "entropy").then(pl.format("panel of {}", pl.lit(config.base_year)))
    return with_provenance(
        settled.with_columns(city_code=pl.lit(config.adcode)),
        method_id=pl.lit("weights_") + pl.col("kind"),
        formula_variant=variant.otherwise(pl.lit("the same in every layer")),
        inputs=inputs_hash(indicators, reference.score_components, reference.score_weights),
    ).select(
        "city_code", "weight_scheme_id", "layer", "component", "weight_share", "consistency_ratio", "is_main",
        "cited_from", "method_id", "formula_variant", "grade_scheme_id", "inputs_hash",
    )  # fmt: skip


def explain_contributions(
    indicators: pl.DataFrame,
    weights: pl.DataFrame,
    projected: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    facilities: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Split every composite score into its components, with the sources behind them.

    Args:
        indicators: ``synergy.indicators``.
        weights: ``synergy.weights``.
        projected: ``projection.emissions``.
        scenario_sources: ``projection.scenario_sources``.
        placements: ``baseline.placements`` and those of new projects.
        facilities: ``inputs.facilities``: names.
        reference: reference data.
        config: settings of the city.

    Returns:
        ``synergy.score_contributions``; contributions of an area sum to its composite score.
    """
    indices = _scored_layers(widen(indicators))
    normalised = _normalised(indices, reference, config)
    scale = city_scale(reference, config)
    weighed = weigh_sources(
        projected.filter(pl.col("year").is_in(list(scored_years(config)))), scenario_sources, scale
    )
    areas = indices.select("layer", "code").unique()
    placed = place_emitters(weighed, placements, areas)
    top = list_top_sources(
        placed, facilities, int(parameter_of(reference.score_parameters, "top_source_count"))
    )
    main = weights.filter("is_main")
    names = reference.score_components.select("component", component_name="name_zh")
    table = (
        contribute(normalised, main)
        .join(names, on="component", maintain_order="left")
        .join(top, on=[*AREA_KEY, "component"], how="left", maintain_order="left")
        .with_columns(city_code=pl.lit(config.adcode))
    )
    return with_provenance(
        table,
        method_id=_COMPOSITE,
        formula_variant=_variant(str(main["weight_scheme_id"][0]), scale.variant, config),
        inputs=inputs_hash(indicators, weights, projected, placements),
    ).select(
        "city_code", *AREA_KEY, "component", "component_name", "value", "normalised", "weight_share",
        "contribution", "bound_low", "bound_high", "top_sources", "method_id", "formula_variant",
        "grade_scheme_id", "inputs_hash",
    )  # fmt: skip


def list_top_sources(placed: pl.DataFrame, facilities: pl.DataFrame, count: int) -> pl.DataFrame:
    """List the largest sources behind the densities, and behind the overlap of both structures, as JSON.

    Args:
        placed: result of :func:`~sxyd_pipeline.core.synergy.homology.place_emitters`.
        facilities: ``facility_id, facility_name``; a facility without name (a new project) keeps its id.
        count: sources listed.

    Returns:
        The key, ``component, top_sources``: a JSON list of ``source_id, emitter, name, species, tonnes,
        share``; the share is of the area's CO2 or equivalents, for homology of the overlap.
    """
    emitters = placed.group_by(*AREA_KEY, "emitter", maintain_order=True).agg(
        pl.col("source_id").first(), pl.col("co2_t").sum(), pl.col("apeq_t").sum()
    )
    named = facilities.select(emitter="facility_id", facility_name="facility_name")
    share = {name: pl.col(name) / pl.col(name).sum().over(AREA_KEY) for name in ("co2_t", "apeq_t")}
    parts = []
    for component, species, tonnes, weight in (
        ("co2_density", CARBON, pl.col("co2_t"), share["co2_t"]),
        ("apeq_density", APEQ, pl.col("apeq_t"), share["apeq_t"]),
        (
            "homology",
            f"{CARBON}∩{APEQ}",
            pl.col("apeq_t"),
            pl.min_horizontal(share["co2_t"], share["apeq_t"]),
        ),
    ):
        parts.append(
            emitters.with_columns(
                component=pl.lit(component), species=pl.lit(species), tonnes=tonnes, share=weight
            )
            .filter(pl.col("share") > 0)
            .sort(*AREA_KEY, "share", "emitter", descending=[False] * len(AREA_KEY) + [True, False])
            .group_by(*AREA_KEY, maintain_order=True)
            .head(count)
        )
    entry = pl.struct(
        "source_id", "emitter", "name", "species", pl.col("tonnes").round(3), pl.col("share").round(4)
    ).struct.json_encode()
    return (
        pl.concat(parts)
        .join(named, on="emitter", how="left", maintain_order="left")
        .with_columns(name=pl.coalesce("facility_name", pl.col("emitter").replace(AREA_NAMES)))
        .group_by(*AREA_KEY, "component", maintain_order=True)
        .agg(top_sources=pl.format("[{}]", entry.str.join(",")).first())
    )


def compare_methods(
    indicators: pl.DataFrame, weights: pl.DataFrame, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Score, rank and class every area under every method and weight scheme (``synergy.score_variants``)."""
    indices = _scored_layers(widen(indicators))
    normalised = _normalised(indices, reference, config)
    scale, classes = city_scale(reference, config).variant, reference.score_classes
    main = weights.filter("is_main")
    main_id = str(main["weight_scheme_id"][0])
    composites = [
        (_COMPOSITE, _variant(str(scheme), scale, config), composite(normalised, own))
        for (scheme,), own in weights.group_by(["weight_scheme_id"], maintain_order=True)
    ]
    others = [
        ("topsis", _variant(main_id, scale, config), closeness(normalised, main)),
        ("iapeq_density", scale, indices.select(*AREA_KEY, score="iapeq_density_t_per_km2")),
        ("lq_product", f"area as denominator; {scale}", indices.select(*AREA_KEY, score="lq_product")),
    ]
    parts = [
        # A layer without emissions has no quotient: nothing is above anything else there.
        rank_peers(scores.with_columns(pl.col("score").fill_null(0.0))).with_columns(
            method=pl.lit(method), variant=pl.lit(variant)
        )
        for method, variant, scores in [*composites, *others]
    ]
    table = classify_ranks(pl.concat(parts), classes).with_columns(city_code=pl.lit(config.adcode))
    return with_provenance(
        table,
        method_id=pl.col("method"),
        formula_variant=pl.col("variant"),
        grade_scheme_id=str(classes["grade_scheme_id"][0]),
        inputs=inputs_hash(indicators, weights),
    ).select(
        "city_code", *AREA_KEY, "score", "rank", "score_class", "method_id", "formula_variant",
        "grade_scheme_id", "inputs_hash",
    )  # fmt: skip


def score_areas(
    scoring: Scoring,
    areas: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Score areas, with rank intervals and reasons.

    Args:
        scoring: indicators, weights, contributions and variants.
        areas: ``layer, code, name, area_km2`` of the areas wanted, whole layers.
        scenario_sources: ``projection.scenario_sources``.
        placements: ``baseline.placements`` and those of new projects.
        scenarios: scenarios of the city.
        reference: reference data.
        config: settings of the city.

    Returns:
        ``city_code``, the key, ``name, control_class, district_code, zone_type`` and the columns that
        ``synergy.control_unit_scores`` and ``zone_scores`` share; sorted by the key.
    """
    of_areas = areas.select("layer", "code")
    indices = widen(scoring.indicators).join(
        of_areas, on=["layer", "code"], how="semi", maintain_order="left"
    )
    mine = Scoring(
        scoring.indicators,
        scoring.weights,
        scoring.contributions.join(of_areas, on=["layer", "code"], how="semi", maintain_order="left"),
        scoring.variants.join(of_areas, on=["layer", "code"], how="semi", maintain_order="left"),
    )
    scheme = str(scoring.weights.filter("is_main")["weight_scheme_id"][0])
    variant = _variant(scheme, city_scale(reference, config).variant, config)
    is_main = (pl.col("method_id") == _COMPOSITE) & (pl.col("formula_variant") == variant)
    main = mine.variants.filter(is_main).select(*AREA_KEY, "rank", "score_class", composite_score="score")
    consensus = agree(mine.variants, reference.score_classes, main)
    intervals = draw_intervals(mine, areas, scenario_sources, placements, scenarios, reference, config)
    table = (
        indices.drop("area_km2")
        .join(main, on=AREA_KEY)
        .join(consensus, on=AREA_KEY)
        .join(intervals, on=AREA_KEY)
        .join(_sources_of(mine.contributions), on=AREA_KEY, how="left")
        .join(areas.drop("area_km2"), on=["layer", "code"])
        .with_columns(
            city_code=pl.lit(config.adcode),
            weight_scheme_id=pl.lit(scheme),
            covers_city=~pl.col("layer").is_in(_open_layers(placements)),
            first_year=pl.max_horizontal("year", pl.lit(min(config.horizons), pl.Int32)),
        )
    )
    worded = explain_scores(hold_rank(table), _scheme_names(reference))
    return with_provenance(
        worded,
        method_id=_COMPOSITE,
        formula_variant=variant,
        grade_scheme_id=str(reference.score_classes["grade_scheme_id"][0]),
        inputs=inputs_hash(scoring.indicators, scoring.weights, scenario_sources, placements),
    ).select("city_code", *AREA_KEY, "name", "control_class", "district_code", "zone_type", *SCORED)


def _normalised(indices: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    bounds = bound_components(indices, reference.score_components, base_year=config.base_year)
    return normalise_components(indices, bounds)


def _scored_layers(wide: pl.DataFrame) -> pl.DataFrame:
    return wide.filter(~pl.col("layer").is_in(_NOT_SCORED))


def _variant(scheme: str, scale: str, config: CityConfig) -> str:
    return f"weights={scheme};bounds of densities={config.base_year};log densities;{scale}"


def _sources_of(contributions: pl.DataFrame) -> pl.DataFrame:
    names = {"co2_density": "co2_sources", "apeq_density": "apeq_sources"}
    return contributions.group_by(AREA_KEY, maintain_order=True).agg(
        pl.col("top_sources").filter(pl.col("component") == component).first().alias(name)
        for component, name in names.items()
    )


def _open_layers(placements: pl.DataFrame) -> list[str]:
    """Return the layers that leave part of the emissions outside every area."""
    outside = placements.filter((pl.col("code") == OUTSIDE) & (pl.col("share") > 0))
    return [str(layer) for layer in outside["layer"].unique().sort()]


def _scheme_names(reference: Reference) -> dict[str, tuple[str, str]]:
    rows = reference.score_weights.select("weight_scheme_id", "name_zh", "name_en").unique(
        maintain_order=True
    )
    return {scheme: (zh, en) for scheme, zh, en in rows.iter_rows()} | {
        USER: ("自定权重", "the city's own weights")
    }
