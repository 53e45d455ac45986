"""Units of emissions and of emission factors as tables print them: ``万tCO2``, ``tC/tce``, ``kgCO2/kWh``."""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.vocabulary.amounts import parse_amount_unit

CARBON, CO2 = "C", "CO2"

_SUBSTANCE = re.compile(r"^(?P<mass>.*?)(?P<name>二氧化碳当量|二氧化碳|碳当量|碳|co2-?eq?|co2当量|co2|c)$")
_NAMES = {"碳": CARBON, "c": CARBON}


@dataclass(frozen=True, slots=True)
class MassOf:
    """A mass and the substance it is of; ``substance`` is empty where the unit does not say."""

    substance: str
    tonnes: float


@dataclass(frozen=True, slots=True)
class FactorUnit:
    """Mass of a substance per amount: tonnes per standard unit of the amount's dimension."""

    substance: str
    dimension: str
    tonnes_per_unit: float


def parse_mass_of(text: str) -> MassOf | None:
    """Read a unit of emission (``t``, ``tC``, ``万吨CO2``, ``ktCO2e``), else None."""
    folded = unicodedata.normalize("NFKC", text).strip().replace(" ", "").lower()
    plain = parse_amount_unit(folded)
    if plain is not None:
        return MassOf("", plain.factor) if plain.dimension == "mass" else None
    match = _SUBSTANCE.match(folded)
    if match is None:
        return None
    mass = parse_amount_unit(match["mass"])
    if mass is None or mass.dimension != "mass":
        return None
    return MassOf(_NAMES.get(match["name"], CO2), mass.factor)


def parse_factor_unit(text: str) -> FactorUnit | None:
    """Read a unit of a factor (``tC/tce``, ``tCO2/t``, ``kgCO2/kWh``, ``tCO2/万m3``), else None."""
    head, slash, tail = unicodedata.normalize("NFKC", text).partition("/")
    mass, amount = parse_mass_of(head), parse_amount_unit(tail) if slash else None
    if mass is None or amount is None:
        return None
    return FactorUnit(mass.substance, amount.dimension, mass.tonnes / amount.factor)


def with_amount_units(frame: pl.DataFrame, column: str = "unit") -> pl.DataFrame:
    """Add ``amount_dimension`` and ``amount_scale`` (standard units per unit) read from a column."""
    found = {text: unit for text in _texts(frame, column) if (unit := parse_amount_unit(text))}
    return frame.with_columns(
        _mapped(column, {text: unit.dimension for text, unit in found.items()}, pl.String).alias(
            "amount_dimension"
        ),
        _mapped(column, {text: unit.factor for text, unit in found.items()}, pl.Float64).alias(
            "amount_scale"
        ),
    )


def with_emission_units(frame: pl.DataFrame, column: str = "emission_unit") -> pl.DataFrame:
    """Add ``emission_substance`` (empty = not said) and ``emission_scale`` (t per unit)."""
    found = {text: unit for text in _texts(frame, column) if (unit := parse_mass_of(text))}
    return frame.with_columns(
        _mapped(column, {text: unit.substance for text, unit in found.items()}, pl.String).alias(
            "emission_substance"
        ),
        _mapped(column, {text: unit.tonnes for text, unit in found.items()}, pl.Float64).alias(
            "emission_scale"
        ),
    )


def with_factor_units(frame: pl.DataFrame, column: str = "factor_unit") -> pl.DataFrame:
    """Add ``factor_substance``, ``factor_dimension`` and ``factor_scale`` (t per standard unit)."""
    found = {text: unit for text in _texts(frame, column) if (unit := parse_factor_unit(text))}
    return frame.with_columns(
        _mapped(column, {text: unit.substance for text, unit in found.items()}, pl.String).alias(
            "factor_substance"
        ),
        _mapped(column, {text: unit.dimension for text, unit in found.items()}, pl.String).alias(
            "factor_dimension"
        ),
        _mapped(column, {text: unit.tonnes_per_unit for text, unit in found.items()}, pl.Float64).alias(
            "factor_scale"
        ),
    )


def _texts(frame: pl.DataFrame, column: str) -> list[str]:
    return [str(text) for text in frame[column].drop_nulls().unique().sort().to_list()]


def _mapped(column: str, values: dict[str, str] | dict[str, float], dtype: type[pl.DataType]) -> pl.Expr:
    if not values:
        return pl.lit(None, dtype)
    return pl.col(column).replace_strict(
        list(values), list(values.values()), default=None, return_dtype=dtype
    )
