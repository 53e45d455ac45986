"""Sources as arrays: what each emits, what it is, and which of them a measure applies to."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.synergy.measures_library import Selector
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

Array = np.ndarray
SPECIES_AT = {code: position for position, code in enumerate(SPECIES_CODES)}

#: What a source is, beside what it emits.
FACTS = (
    "source_kind", "facility_id", "equipment_id", "industry_code", "source_category", "activity_code",
    "technology_code", "spread_id",
)  # fmt: skip
#: Methods of what follows from another source; the activity belongs to that source and counts once.
_DERIVED = ("denitrification_slip", "sulfur_removed")


@dataclass(frozen=True, slots=True, eq=False)
class SourceTable:
    """Sources of one city, scenario and year.

    Attributes:
        facts: one row per source: ``source_id``, :data:`FACTS`, ``amount`` (unit of its activity, 0 where it
            is not known) and the flags ``has_fgd, has_scr, has_denitrification``.
        emission_t: shape (sources, species of the vocabulary), t/a.
    """

    facts: pl.DataFrame
    emission_t: Array

    @property
    def count(self) -> int:
        """Number of sources."""
        return self.facts.height

    def total_t(self) -> Array:
        """Return the total of every species, shape (species,)."""
        return np.asarray(self.emission_t.sum(axis=0))

    def with_emission(self, emission_t: Array) -> "SourceTable":
        """Return the same sources with other emissions."""
        return SourceTable(self.facts, emission_t)


def tabulate_sources(emissions: pl.DataFrame, technologies: pl.DataFrame) -> SourceTable:
    """Turn long emissions into arrays.

    Args:
        emissions: ``source_id, species, emission_t``, :data:`FACTS`, ``method`` and ``amount``.
        technologies: ``technology_code, has_limestone_fgd, denitrification``.

    Returns:
        Sources sorted by id.
    """
    devices = technologies.select(
        "technology_code",
        has_fgd="has_limestone_fgd",
        has_scr=pl.col("denitrification") == "scr",
        has_denitrification=pl.col("denitrification").is_not_null(),
    )
    facts = (
        emissions.group_by("source_id", maintain_order=True)
        # An amount that is not known makes nothing per unit; effects as shares do not need it.
        .agg(
            *(pl.col(name).first() for name in FACTS),
            amount=pl.col("amount").filter(~pl.col("method").is_in(list(_DERIVED))).max().fill_null(0.0),
        )
        .sort("source_id")
        .join(devices, on="technology_code", how="left", maintain_order="left")
        .with_columns(pl.col("has_fgd", "has_scr", "has_denitrification").fill_null(value=False))
    )
    emission_t = np.zeros((facts.height, len(SPECIES_CODES)))
    at = emissions.join(
        facts.select("source_id").with_row_index("row"), on="source_id", how="left", maintain_order="left"
    )
    rows = at["row"].to_numpy()
    columns = at["species"].replace_strict(SPECIES_AT, return_dtype=pl.Int64).to_numpy()
    np.add.at(emission_t, (rows, columns), at["emission_t"].to_numpy())
    return SourceTable(facts, emission_t)


def sources_of_projection(
    projected: pl.DataFrame, scenario_sources: pl.DataFrame, scenario_id: str, year: int
) -> pl.DataFrame:
    """Return the long emissions of one scenario and year with the facts of each source.

    The amount of a source moves with its least abated species: removal and capture lower single species,
    activity lowers all of them.

    Args:
        projected: ``projection.emissions``.
        scenario_sources: ``projection.scenario_sources``.
        scenario_id: scenario.
        year: year.

    Returns:
        Rows as :func:`tabulate_sources` takes them.
    """
    wanted = projected.filter((pl.col("scenario_id") == scenario_id) & (pl.col("year") == year)).select(
        "source_id", "species", "emission_t"
    )
    base = scenario_sources.filter(pl.col("scenario_id") == scenario_id).select(
        "source_id", "species", *FACTS, "method", "amount", base_t="emission_t"
    )
    ratio = pl.when(pl.col("base_t") > 0).then(pl.col("emission_t") / pl.col("base_t"))
    return (
        wanted.join(base, on=["source_id", "species"], how="left", maintain_order="left")
        .with_columns(ratio=ratio.max().over("source_id").fill_null(1.0))
        .with_columns(amount=pl.col("amount") * pl.col("ratio"))
        .drop("ratio", "base_t")
    )


def match_sources(selector: Selector, sources: SourceTable) -> Array:
    """Return which sources a selector covers, boolean array (sources,)."""
    conditions: list[pl.Expr] = []
    if selector.activity_codes:
        conditions.append(pl.col("activity_code").is_in(list(selector.activity_codes)))
    if selector.technology_codes:
        conditions.append(_starts("technology_code", selector.technology_codes, "_"))
    if selector.industry_codes:
        conditions.append(_starts("industry_code", selector.industry_codes))
    if selector.source_categories:
        conditions.append(pl.col("source_category").is_in(list(selector.source_categories)))
    if selector.source_kind:
        conditions.append(pl.col("source_kind") == selector.source_kind)
    if selector.device:
        fitted, _, device = selector.device.partition("_")
        has = pl.col(f"has_{device}")
        conditions.append(has if fitted == "with" else ~has)
    if not conditions:
        return np.zeros(sources.count, dtype=bool)
    # A source without industry or technology is none of the wanted ones.
    chosen = sources.facts.select(pl.all_horizontal(conditions).fill_null(value=False)).to_series()
    return np.asarray(chosen.to_numpy(), dtype=bool)


def narrow(activity_codes: tuple[str, ...], industry_codes: tuple[str, ...], facts: pl.DataFrame) -> Array:
    """Return which rows an effect is limited to, boolean array; all where it is not limited."""
    chosen = np.ones(facts.height, dtype=bool)
    if activity_codes:
        chosen &= facts["activity_code"].is_in(list(activity_codes)).fill_null(value=False).to_numpy()
    if industry_codes:
        wanted = facts.select(_starts("industry_code", industry_codes).fill_null(value=False)).to_series()
        chosen &= wanted.to_numpy()
    return chosen


def _starts(column: str, prefixes: tuple[str, ...], separator: str = "") -> pl.Expr:
    exact = pl.col(column).is_in(list(prefixes))
    return pl.any_horizontal(exact, *(pl.col(column).str.starts_with(p + separator) for p in prefixes))
