"""What the indices of a city are measured with: equivalents, warming potentials, the weight of carbon.

Every choice may be made in ``city.toml`` (``[methods]``); what is not chosen there comes from the reference
data. The choices travel with every number as its formula variant.
"""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.baseline.equivalents import Equivalents, choose_city_equivalents, chosen_number
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.errors import Place, SxydError

#: kg of pollutant in a tonne of equivalents (one equivalent is counted in kg, a tonne holds 1000).
_EQUIVALENTS_PER_T = 1000.0


class MissingScoreParameterError(SxydError):
    """A parameter of the scores is not in the reference data."""

    def __init__(self, parameter: str) -> None:
        """Name it."""
        super().__init__(
            f"评分参数表中没有 {parameter}",
            f"the table of score parameters has no {parameter}",
            remedy_zh="在 data/reference/score_parameters.csv 中补充该行并注明出处",
            remedy_en="add the row to data/reference/score_parameters.csv with its source",
            place=Place(file="data/reference/score_parameters.csv", value=parameter),
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """How tonnes of different species come on one scale.

    Attributes:
        equivalents: weights of pollutants (t equivalents per t).
        gwp: ``species, gwp`` of the greenhouse gases that count.
        carbon_weight: t equivalents per tCO2e in the integrated equivalents.
        variant: the choices in one phrase; stands on every row as ``formula_variant``.
        words_zh: the choices in Chinese, for texts.
        words_en: the same in English.
    """

    equivalents: Equivalents
    gwp: pl.DataFrame
    carbon_weight: float
    variant: str
    words_zh: str
    words_en: str

    @property
    def weights(self) -> pl.DataFrame:
        """One row per species that counts: ``species, co2_weight, co2e_weight, apeq_weight``."""
        return (
            self.gwp.rename({"gwp": "co2e_weight"})
            .join(
                self.equivalents.weights.rename({"weight_teq_per_t": "apeq_weight"}),
                on="species",
                how="full",
                coalesce=True,
            )
            .with_columns(
                # A gas without equivalent value is no pollutant, a pollutant without potential no gas.
                pl.col("co2e_weight", "apeq_weight").fill_null(0.0),
                co2_weight=(pl.col("species") == "CO2").cast(pl.Float64),
            )
            .sort("species")
        )


def parameter_of(parameters: pl.DataFrame, name: str) -> float:
    """Return a value of ``score_parameters.csv`` (``parameter, value``).

    Raises:
        MissingScoreParameterError: it is not there.
    """
    found = parameters.filter(pl.col("parameter") == name)["value"]
    if found.is_empty():
        raise MissingScoreParameterError(name)
    return float(found[0])


def weigh_carbon(carbon_price_cny_per_t: float, equivalent_price_cny_per_kg: float) -> float:
    """Return the weight of CO2 in the integrated equivalents, by the ratio of prices.

    ``w_c = carbon price / (price per equivalent x 1000)``: at 60 CNY/t and 1.2 CNY per equivalent (kg) a
    tonne of CO2 weighs as much as 0.05 t of equivalents.

    Args:
        carbon_price_cny_per_t: CNY per t CO2.
        equivalent_price_cny_per_kg: CNY per pollution equivalent.

    Returns:
        t equivalents per t CO2.
    """
    return carbon_price_cny_per_t / (equivalent_price_cny_per_kg * _EQUIVALENTS_PER_T)


def choose_carbon_weight(parameters: pl.DataFrame, config: CityConfig) -> float:
    """Return the city's weight of carbon: stated, or from prices stated or of the reference data.

    Args:
        parameters: ``score_parameters.csv``.
        config: ``[methods]`` may set ``iapeq_carbon_weight``, or ``carbon_price_cny_per_t`` and
            ``equivalent_price_cny_per_kg``.

    Raises:
        InvalidConfigError: a choice is not a positive number.
        MissingScoreParameterError: a price is neither chosen nor in the reference data.
    """
    stated = chosen_number(config, "iapeq_carbon_weight")
    if stated is not None:
        return stated
    prices = []
    for name in ("carbon_price_cny_per_t", "equivalent_price_cny_per_kg"):
        chosen = chosen_number(config, name)
        prices.append(parameter_of(parameters, name) if chosen is None else chosen)
    return weigh_carbon(*prices)


def choose_scale(
    pollution_equivalents: pl.DataFrame, gwp: pl.DataFrame, parameters: pl.DataFrame, config: CityConfig
) -> Scale:
    """Gather everything tonnes are weighed with.

    Args:
        pollution_equivalents: ``pollution_equivalents.csv``.
        gwp: ``gwp.csv``: ``gwp_set, species, value``.
        parameters: ``score_parameters.csv``.
        config: settings of the city. Gases other than CO2 count when the module ``non_co2`` is on.

    Raises:
        InvalidConfigError: a choice of ``[methods]`` is not allowed.
    """
    equivalents = choose_city_equivalents(pollution_equivalents, config)
    weight = choose_carbon_weight(parameters, config)
    chosen = config.methods.gwp_set
    gases = (
        gwp.filter(pl.col("gwp_set") == chosen, pl.col("species").is_not_null())
        .filter((pl.col("species") == "CO2") | config.has_module("non_co2"))
        .select("species", gwp="value")
        .unique("species", keep="first", maintain_order=True)
        .sort("species")
    )
    kg = dict(equivalents.weights.iter_rows())
    counted = f"CO2e by {chosen}" if gases.height > 1 else "CO2 only"
    counted_zh = f"温室气体按 {chosen} 折算为 CO2 当量" if gases.height > 1 else "温室气体只计 CO2"
    return Scale(
        equivalents,
        gases,
        weight,
        f"w_c={weight:g};PM10={1.0 / kg['PM10']:g}kg;VOCs={1.0 / kg['VOCs']:g}kg;{counted}",
        f"{equivalents.words_zh}；{counted_zh}；综合当量中每吨 CO2 当量折 {weight:g} 吨污染当量",
        f"{equivalents.words_en}; {counted}; a tonne of CO2e weighs {weight:g} t of equivalents",
    )
