"""The compiled grammar of clauses: patterns of verbs and comparisons, and how metrics are called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.access.industries import IndustryWords, industry_words
from sxyd_pipeline.core.access.metrics import Metric, metrics_of
from sxyd_pipeline.core.access.words import CONDITIONS, OBJECTS
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.clauses import OPERATORS_BEFORE, OPERATORS_BEHIND, VERB_FORMS, read_unit

#: How species (and reductions) are written in clauses; ``{so2}`` in ``metric_words`` stands for the pattern.
SPECIES_PATTERNS = {
    "so2": r"(?:二氧化硫|so2|so₂)", "nox": r"(?:氮氧化物|nox|noₓ)", "no2": r"(?:二氧化氮|no2)",
    "pm": r"(?:(?<!细)(?<!可吸入)颗粒物|烟\(?粉\)?尘|烟尘|粉尘)", "pm25": r"(?:pm\s?2\.5|(?<!超)细颗粒物)",
    "pm10": r"(?:pm\s?10|可吸入颗粒物)", "vocs": r"(?:挥发性有机(?:化合)?物|vocs?|非甲烷总烃|nmhc)",
    "nh3": r"(?:氨(?!氮|水|逃逸|酸|纶)|nh3(?!-n))", "o3": r"(?:臭氧|o3)", "cod": r"(?:化学需氧量|cod(?:cr)?)",
    "nh3n": r"(?:氨氮|nh3-n)", "tp": r"(?:总磷|(?<![a-z])tp(?![a-z]))",
    "tn": r"(?:总氮|(?<![a-z])tn(?![a-z]))",
    "co2": r"(?:二氧化碳|co2e?|co₂|碳排放|温室气体)",
    "down": r"(?:下降|降低|削减|减少|减排|压减|压降|减量|递减|减)",
}  # fmt: skip
#: Words of a metric that are about one species each: the metrics of one family differ only in it.
_FAMILY = re.compile(
    r"(?<![a-z0-9])(?:primary_pm25|pm25|pm10|so2|nox|nmhc|vocs|nh3n|nh3|no2|cod|pm|tp|tn|o3)(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True)
class MetricWords:
    """How clauses call one metric.

    Attributes:
        metric: its name.
        family: its name with the species left out.
        quantities: what units of its thresholds may measure, the standard unit first.
        scale: standard unit, in standard units of its quantity.
        is_low_better: whether a smaller value is the stricter one.
        dimension: dimension of the list it usually stands in.
        is_carbon: whether it limits greenhouse gases, energy or carbon.
        phrases: alternatives; all parts of one must be found.
        general: alternatives that count only where no phrase of any metric is found.
    """

    metric: str
    family: str
    quantities: tuple[str, ...]
    scale: float
    is_low_better: bool
    dimension: str
    is_carbon: bool
    phrases: tuple[tuple[re.Pattern[str], ...], ...]
    general: tuple[tuple[re.Pattern[str], ...], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything the parser looks words up in.

    Attributes:
        verbs: (canonical verb, class, pattern).
        before: (operator, pattern that ends where a number begins).
        behind: (operator, pattern that begins behind a quantity).
        objects: (kind of object, pattern).
        conditions: patterns.
        metrics: how metrics are called.
        by_metric: the same by name.
        industries: words of industries.
        dimensions: name of a dimension, as lists print it -> canonical key.
        checks: metrics that tables hold, for whether a clause is checkable.
    """

    verbs: tuple[tuple[str, str, re.Pattern[str]], ...]
    before: tuple[tuple[str, re.Pattern[str]], ...]
    behind: tuple[tuple[str, re.Pattern[str]], ...]
    objects: tuple[tuple[str, re.Pattern[str]], ...]
    conditions: tuple[re.Pattern[str], ...]
    metrics: tuple[MetricWords, ...]
    by_metric: Mapping[str, MetricWords]
    industries: IndustryWords
    dimensions: Mapping[str, str]
    checks: Mapping[str, Metric]


#: What may stand between a comparison word and its number.
_FILLER = r"\s*(?:了|约|大约|每年|年均|平均|国家|每立方米|每千瓦时|每吨|每平方米|每万元|每亩|每公顷)?\s*"


def grammar_of(reference: Reference, province: str = "") -> Grammar:
    """Compile the grammar for a province.

    Args:
        reference: ``metric_words``, ``clause_metrics``, ``industries``, ``industry_aliases``,
            ``two_high_industries``, ``dimension_aliases``.
        province: name of the city's province; its own names of dimensions and its own two-high list hold.
    """
    metrics = tuple(_metric_words(row) for row in reference.metric_words.to_dicts())
    return Grammar(
        verbs=tuple((form.verb, form.kind, re.compile(form.pattern)) for form in VERB_FORMS),
        before=tuple(
            (operator, re.compile(rf"(?:{words}){_FILLER}$")) for words, operator in OPERATORS_BEFORE
        ),
        behind=tuple((operator, re.compile(rf"\s*(?:{words})")) for words, operator in OPERATORS_BEHIND),
        objects=tuple((kind, re.compile(words)) for kind, words in OBJECTS),
        conditions=tuple(re.compile(words) for words in CONDITIONS),
        metrics=metrics,
        by_metric={words.metric: words for words in metrics},
        industries=industry_words(
            reference.industries, reference.industry_aliases, reference.two_high_industries, province
        ),
        dimensions=dimension_names(reference.dimension_aliases, province),
        checks=metrics_of(reference.clause_metrics),
    )


def dimension_names(aliases: pl.DataFrame, province: str) -> dict[str, str]:
    """Return name -> canonical dimension; names of the province replace the general ones.

    Args:
        aliases: ``province, alias, dimension``; province is how its name begins, null for all.
        province: name of the city's province.
    """
    begins = pl.col("province").fill_null("")
    general = aliases.filter(begins == "")
    # A name that only another province uses still says what it means, unless the own province says otherwise.
    foreign = aliases.filter((begins != "") & ~pl.lit(province).str.starts_with(begins))
    own = aliases.filter((begins != "") & pl.lit(province).str.starts_with(begins))
    return {
        alias: dimension
        for rows in (foreign, general, own)
        for alias, dimension in rows.select("alias", "dimension").rows()
    }


def _metric_words(row: Mapping[str, str | None]) -> MetricWords:
    units = [str(row["unit"]), *(row["other_units"] or "").split(";")]
    known = [unit for unit in map(read_unit, filter(None, units)) if unit is not None]
    quantities = tuple(dict.fromkeys(unit.quantity for unit in known))
    return MetricWords(
        metric=str(row["metric"]),
        family=_FAMILY.sub("*", str(row["metric"]).replace("_", " ")),
        quantities=quantities,
        scale=known[0].factor if known else 1.0,
        is_low_better=row["better"] == "low",
        dimension=str(row["dimension"]),
        is_carbon=bool(row["is_carbon"]),
        phrases=_compiled(str(row["words"]), general=False),
        general=_compiled(str(row["words"]), general=True),
    )


def _compiled(words: str, *, general: bool) -> tuple[tuple[re.Pattern[str], ...], ...]:
    phrases = [one for one in words.split(";") if one.startswith("?") == general]
    return tuple(
        tuple(re.compile(_expanded(part)) for part in phrase.removeprefix("?").split("+"))
        for phrase in phrases
    )


def _expanded(part: str) -> str:
    for species, pattern in SPECIES_PATTERNS.items():
        part = part.replace(f"{{{species}}}", pattern)
    return part
