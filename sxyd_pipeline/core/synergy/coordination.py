"""Coordination analysis: what an environmental and a carbon requirement do to each other, in numbers."""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.contracts.synergy import COORDINATION
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.coordination_conditions import decide
from sxyd_pipeline.core.synergy.measures import MeasureBook, open_book
from sxyd_pipeline.core.synergy.measures_sources import SPECIES_AT, match_sources, tabulate_sources
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash

METHOD = "coordination_matrix"
_STRONG, _WEAK = 1.5, 0.5
_THOUSAND = 1000.0


def judge_requirements(
    measures: pl.DataFrame,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    zones: pl.DataFrame,
    key_industries: pl.DataFrame,
    settings: tuple[pl.DataFrame, Reference, CityConfig],
) -> pl.DataFrame:
    """Judge every pair of requirements for measures, key industries and zone types that the city has.

    A conditional verdict is decided by the city's own numbers: its grid factor, its inventory, the effect of
    the measure as evaluated. Measures are judged at the last horizon year, industries and zone types by what
    they emit and cover in the base year.

    Args:
        measures: ``synergy.measures``.
        source_emissions: ``inventory.emissions``.
        placements: ``baseline.placements``.
        control_unit_zones: ``zoning.control_unit_zones``.
        zones: ``zone_code, zone_type, area_km2``.
        key_industries: ``baseline.key_industries``.
        settings: ``inputs.measures``, reference tables and settings of the city.

    Returns:
        ``synergy.coordination``, sorted by its key.
    """
    city_measures, reference, config = settings
    book = open_book(city_measures, reference, config)
    rules = reference.coordination_rules
    touched = touched_units(book, source_emissions, placements, control_unit_zones, zones, rules, reference)
    counts = dict(
        touched.group_by("object_type", "object_code", maintain_order=True)
        .agg(pl.col("control_unit_code").n_unique())
        .select(pl.concat_str("object_type", pl.lit("/"), "object_code"), "control_unit_code")
        .iter_rows()
    )
    by_rule = {
        row["rule_id"]: row
        for row in measures.filter(pl.col("year") == max(config.horizons)).join(
            pl.DataFrame(
                {
                    "measure_id": [m.measure_id for m in book.measures],
                    "rule_id": [m.rule_id for m in book.measures],
                }
            ),
            on="measure_id", how="left", maintain_order="left",
        ).iter_rows(named=True)
    }  # fmt: skip
    industries = _industry_sums(source_emissions, book)
    keys = [str(code) for code in key_industries.filter(pl.col("is_key"))["code"].to_list()]
    areas = dict(zones.group_by("zone_type", maintain_order=True).agg(pl.col("area_km2").sum()).iter_rows())
    rows = []
    for rule in rules.iter_rows(named=True):
        code, count = rule["object_code"], counts.get(f"{rule['object_type']}/{rule['object_code']}", 0)
        if rule["object_type"] == "measure" and code in by_rule:
            rows.append(_of_measure(rule, by_rule[code], count, book))
        elif rule["object_type"] == "industry" and any(key.startswith(code) for key in keys):
            rows.append(_of_industry(rule, industries.get(code, (0.0, 0.0)), count))
        elif rule["object_type"] == "zone_type" and code in areas:
            rows.append(_of_zone(rule, areas[code], count))
    return publish(
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        COORDINATION,
        config.adcode,
        method_id=METHOD,
        formula_variant=f"措施取 {max(config.horizons)} 年普及率；条件由本市数据决定；{book.scales.words}",
        inputs=inputs_hash(measures, source_emissions, placements, control_unit_zones, zones, key_industries),
    )


_SCHEMA: dict[str, type[pl.DataType]] = {
    "pair_id": pl.String, "object_type": pl.String, "object_code": pl.String, "object_name": pl.String,
    "environment_requirement": pl.String, "carbon_requirement": pl.String, "verdict": pl.Float64,
    "verdict_zh": pl.String, "condition_zh": pl.String, "mechanism_zh": pl.String, "mechanism_en": pl.String,
    "delta_apeq_t": pl.Float64, "delta_co2e_tco2e": pl.Float64, "delta_indirect_tco2": pl.Float64,
    "number_zh": pl.String, "control_unit_count": pl.Int64, "cited_from": pl.String, "confidence": pl.String,
}  # fmt: skip


def _of_measure(
    rule: Mapping[str, object], effect: Mapping[str, object], count: int, book: MeasureBook
) -> dict[str, object]:
    verdict, condition = decide(rule, effect, book)
    number = (
        f"{effect['year']} 年普及率 {_number(effect, 'uptake_share'):.0%}，"
        f"本市 {effect['source_count']} 个源："
        f"污染当量{_change(_number(effect, 'delta_apeq_t'), '吨')}，"
        f"直接 CO2e {_change(_number(effect, 'delta_co2e_tco2e'), '吨')}，"
        f"用电等间接 CO2 {_change(_number(effect, 'delta_indirect_tco2'), '吨')}"
    )
    sink = _number(effect, "delta_sink_tco2")
    number += f"，碳汇 {sink:,.0f} 吨/年" if sink else ""
    return _base(rule, verdict, condition, count) | {
        "object_name": effect["measure_name"],
        "delta_apeq_t": effect["delta_apeq_t"],
        "delta_co2e_tco2e": effect["delta_co2e_tco2e"],
        "delta_indirect_tco2": effect["delta_indirect_tco2"],
        "number_zh": f"{number}（synergy.measures：{effect['measure_id']}）",
    }


def _of_industry(rule: Mapping[str, object], sums: tuple[float, float], count: int) -> dict[str, object]:
    co2e, apeq = sums
    return _base(rule, float(str(rule["verdict"])), None, count) | {
        "number_zh": f"该行业基准年 CO2e {co2e / _THOUSAND:,.1f} 千吨、污染当量 {apeq:,.0f} 吨"
        "（inventory.emissions）；两项要求同时作用于这些排放，减排量取决于采用的措施"
    }


def _of_zone(rule: Mapping[str, object], area_km2: float, count: int) -> dict[str, object]:
    return _base(rule, float(str(rule["verdict"])), None, count) | {
        "number_zh": f"本市该类分区 {area_km2:,.1f} km²，涉及 {count} 个管控单元（zoning.zones）"
    }


def _base(rule: Mapping[str, object], verdict: float, condition: str | None, count: int) -> dict[str, object]:
    copied = (
        "pair_id", "object_type", "object_code", "environment_requirement", "carbon_requirement",
        "mechanism_zh", "mechanism_en", "cited_from", "confidence",
    )  # fmt: skip
    return {name: rule[name] for name in copied} | {
        "object_name": rule["object_name_zh"],
        "verdict": verdict,
        "verdict_zh": verdict_words(verdict, conditional=condition is not None),
        "condition_zh": condition,
        "delta_apeq_t": None,
        "delta_co2e_tco2e": None,
        "delta_indirect_tco2": None,
        "control_unit_count": count,
    }


def verdict_words(verdict: float, *, conditional: bool) -> str:
    """Return a verdict in words: 强协同, 协同, 中性, 弱冲突, 冲突, 强冲突; conditional ones say so."""
    if verdict >= _STRONG:
        word = "强协同"
    elif verdict >= _WEAK:
        word = "协同"
    elif verdict > -_WEAK:
        word = "中性"
    elif verdict > -1.0:
        word = "弱冲突"
    elif verdict > -_STRONG:
        word = "冲突"
    else:
        word = "强冲突"
    return f"条件{word}" if conditional else word


def touched_units(
    book: MeasureBook,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    zones: pl.DataFrame,
    rules: pl.DataFrame,
    reference: Reference,
) -> pl.DataFrame:
    """Return where each object of a rule lies and what it emits there.

    Measures stand for the sources they apply to, industries for theirs, zone types (and measures on land) for
    the control units they share area with; emissions of a zone type are those of the unit by shared area.

    Returns:
        ``object_type, object_code, control_unit_code, co2e_tco2e, apeq_t``.
    """
    sources = tabulate_sources(source_emissions, reference.technologies)
    weighted = sources.facts.select("source_id", "spread_id", "industry_code").with_columns(
        co2e_tco2e=pl.Series(sources.emission_t @ book.scales.co2e_per_t),
        apeq_t=pl.Series(sources.emission_t @ book.scales.apeq_per_t),
    )
    units = placements.filter(pl.col("layer") == "control_unit").select(
        "spread_id", "share", control_unit_code="code"
    )
    objects = []
    for measure in book.measures:
        if not measure.is_of_area:
            members = weighted.filter(pl.Series(match_sources(measure.selector, sources)))
            objects.append(_tagged(members, "measure", measure.rule_id))
    for code in rules.filter(pl.col("object_type") == "industry")["object_code"].unique().sort().to_list():
        members = weighted.filter(pl.col("industry_code").str.starts_with(code).fill_null(value=False))
        objects.append(_tagged(members, "industry", code))
    keys = ["object_type", "object_code", "control_unit_code"]
    figures = pl.col("co2e_tco2e", "apeq_t")
    by_source = (
        pl.concat(objects)
        .join(units, on="spread_id", how="inner", maintain_order="left")
        .with_columns(figures * pl.col("share"))
        .group_by(keys, maintain_order=True)
        .agg(figures.sum())
    )
    of_unit = (
        weighted.join(units, on="spread_id", how="inner", maintain_order="left")
        .with_columns(figures * pl.col("share"))
        .group_by("control_unit_code", maintain_order=True)
        .agg(figures.sum())
    )
    by_zone = (
        control_unit_zones.join(zones.select("zone_code", "zone_type"), on="zone_code", maintain_order="left")
        .group_by("zone_type", "control_unit_code", maintain_order=True)
        .agg(pl.col("share_of_control_unit").sum())
        .join(of_unit, on="control_unit_code", how="left", maintain_order="left")
        # A unit without any source emits nothing.
        .with_columns(figures.fill_null(0.0) * pl.col("share_of_control_unit"))
    )
    on_land = [
        by_zone.select(pl.lit("zone_type").alias("object_type"), "control_unit_code", "co2e_tco2e", "apeq_t",
                       object_code="zone_type"),
        *(
            by_zone.filter(pl.col("zone_type").is_in(list(measure.selector.zone_types)))
            .group_by("control_unit_code", maintain_order=True)
            .agg(figures.sum())
            .with_columns(object_type=pl.lit("measure"), object_code=pl.lit(measure.rule_id))
            for measure in book.measures
            if measure.is_of_area
        ),
    ]  # fmt: skip
    columns = [*keys, "co2e_tco2e", "apeq_t"]
    return pl.concat([by_source.select(columns), *(part.select(columns) for part in on_land)])


def _tagged(members: pl.DataFrame, object_type: str, code: str) -> pl.DataFrame:
    return members.select("spread_id", "co2e_tco2e", "apeq_t").with_columns(
        object_type=pl.lit(object_type), object_code=pl.lit(code)
    )


def _industry_sums(source_emissions: pl.DataFrame, book: MeasureBook) -> dict[str, tuple[float, float]]:
    """CO2e and pollution equivalents by division of industry."""
    weights = pl.DataFrame(
        {
            "species": list(SPECIES_AT),
            "co2e": book.scales.co2e_per_t.tolist(),
            "apeq": book.scales.apeq_per_t.tolist(),
        }
    )
    sums = (
        source_emissions.filter(pl.col("industry_code").is_not_null())
        .join(weights, on="species", how="left", maintain_order="left")
        .group_by(pl.col("industry_code").str.head(2).alias("division"), maintain_order=True)
        .agg((pl.col("emission_t") * pl.col(name)).sum().alias(name) for name in ("co2e", "apeq"))
    )
    return {division: (co2e, apeq) for division, co2e, apeq in sums.iter_rows()}


def _number(row: Mapping[str, object], name: str) -> float:
    value = row[name]
    return float(value) if isinstance(value, int | float) else 0.0


def _change(value: float, unit: str) -> str:
    if abs(value) < _WEAK:
        return "基本不变"
    return f"{'减少' if value > 0 else '增加'} {abs(value):,.0f} {unit}/年"
