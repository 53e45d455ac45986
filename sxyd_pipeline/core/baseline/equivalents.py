"""Pollution equivalents (污染当量): tonnes of different pollutants on one scale."""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.errors import Place, SxydError

#: PM2.5, BC and OC are parts of PM10: their mass is weighted once, with PM10.
_COUNTED = ("SO2", "NOx", "CO", "NH3", "VOCs", "PM10")
#: Substances the law's table offers for particles: soot and smoke, or general dust.
SOOT, DUST = "烟尘", "一般性粉尘"
_ENGLISH = {SOOT: "soot", DUST: "general dust"}
_FILE = "city.toml"
_POSITIVE = ("大于 0 的数字", "a number above 0")


class UnknownEquivalentError(SxydError):
    """A pollutant or substance has no equivalent value in the reference table."""

    def __init__(self, name: str) -> None:
        """Name it."""
        self.name = name
        super().__init__(
            f"污染当量值表中没有 {name}",
            f"the table of pollution equivalents has no {name}",
            remedy_zh="在 data/reference/pollution_equivalents.csv 中补充该行并注明出处",
            remedy_en="add the row to data/reference/pollution_equivalents.csv with its source",
            place=Place(file="data/reference/pollution_equivalents.csv", value=name),
        )


@dataclass(frozen=True, slots=True)
class Equivalents:
    """Weights of pollutants and the choices behind them.

    Attributes:
        weights: ``species``, ``weight_teq_per_t`` = 1 / equivalent value (kg per equivalent).
        words_zh: the choices for particles and VOCs, in Chinese.
        words_en: the same in English.
    """

    weights: pl.DataFrame
    words_zh: str
    words_en: str


def choose_equivalents(
    pollution_equivalents: pl.DataFrame, *, particles: str = SOOT, vocs_kg: float | None = None
) -> Equivalents:
    """Choose the weight of every pollutant.

    Particles take one substance for all their mass (soot 2.18 or dust 4, never both). VOCs have no value
    in the law: the table's proxy is used unless the city states its own.

    Args:
        pollution_equivalents: ``species, substance_zh, equivalent_value_kg``.
        particles: substance for PM10, :data:`SOOT` or :data:`DUST`.
        vocs_kg: kg of VOCs per equivalent.

    Raises:
        UnknownEquivalentError: the table lacks a pollutant or the substance.

    References:
        环境保护税法 附表二 (2018): equivalent values.
    """
    values = {
        species: _value(pollution_equivalents, "species", species)
        for species in _COUNTED
        if species not in {"PM10", "VOCs"}
    }
    values["PM10"] = _value(pollution_equivalents, "substance_zh", particles)
    values["VOCs"] = vocs_kg if vocs_kg is not None else _value(pollution_equivalents, "species", "VOCs")
    weights = pl.DataFrame(
        {"species": list(values), "weight_teq_per_t": [1.0 / value for value in values.values()]}
    ).sort("species")
    particle_kg, proxy_kg = values["PM10"], values["VOCs"]
    in_english = _ENGLISH.get(particles, particles)
    return Equivalents(
        weights,
        f"颗粒物按{particles} {particle_kg:g} kg/当量（PM2.5、BC、OC 含于 PM10，不重复计），"
        f"VOCs 取替代值 {proxy_kg:g} kg/当量",
        f"particles as {in_english} {particle_kg:g} kg per equivalent (PM2.5, BC, OC are within PM10), "
        f"VOCs proxy {proxy_kg:g}",
    )


def choose_city_equivalents(pollution_equivalents: pl.DataFrame, config: CityConfig) -> Equivalents:
    """Return the weights of pollutants as the city chooses them.

    Args:
        pollution_equivalents: ``species, substance_zh, equivalent_value_kg``.
        config: ``[methods]`` may set ``pm_equivalent_kg`` (the value of soot or of general dust) and
            ``vocs_equivalent_kg``.

    Raises:
        InvalidConfigError: the value for particles is neither that of soot nor that of dust, or the one of
            VOCs is not positive.
        UnknownEquivalentError: a pollutant has no value.
    """
    particles = SOOT
    stated = chosen_number(config, "pm_equivalent_kg")
    if stated is not None:
        offered = dict(
            pollution_equivalents.filter(pl.col("substance_zh").is_in([SOOT, DUST]))
            .select("equivalent_value_kg", "substance_zh")
            .iter_rows()
        )
        if stated not in offered:
            zh = "、".join(f"{value:g}（{name}）" for value, name in offered.items())
            en = " or ".join(f"{value:g}" for value in offered)
            raise InvalidConfigError.not_allowed(_FILE, "methods.pm_equivalent_kg", stated, zh, en)
        particles = offered[stated]
    vocs_kg = chosen_number(config, "vocs_equivalent_kg")
    return choose_equivalents(pollution_equivalents, particles=particles, vocs_kg=vocs_kg)


def chosen_number(config: CityConfig, key: str) -> float | None:
    """Return a positive number of ``[methods]``, None when it is not chosen."""
    value = config.methods.extra.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InvalidConfigError.not_allowed(_FILE, f"methods.{key}", value, *_POSITIVE)
    return float(value)


def _value(table: pl.DataFrame, column: str, name: str) -> float:
    found = table.filter(pl.col(column) == name)["equivalent_value_kg"]
    if found.is_empty():
        raise UnknownEquivalentError(name)
    return float(found[0])


def sum_equivalents(emissions: pl.DataFrame, equivalents: Equivalents, by: list[str]) -> pl.DataFrame:
    """Sum CO2 and pollution equivalents, ``APeq = sum_p E_p / w_p``.

    Args:
        emissions: ``species``, ``emission_t`` and the columns of ``by``.
        equivalents: weights.
        by: columns that identify an item.

    Returns:
        One row per item: ``*by, co2_t`` (t), ``apeq_t`` (t equivalents), sorted by ``by``.
    """
    weighted = pl.col("emission_t") * pl.col("weight_teq_per_t")
    return (
        emissions.join(equivalents.weights, on="species", how="left", maintain_order="left")
        .sort(*by, "species")
        .group_by(by, maintain_order=True)
        .agg(
            co2_t=pl.col("emission_t").filter(pl.col("species") == "CO2").sum(),
            # Species without weight (greenhouse gases, parts of PM10) are no part of the equivalents.
            apeq_t=weighted.drop_nulls().sum(),
        )
        .sort(by)
    )
