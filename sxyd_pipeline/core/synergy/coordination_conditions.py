"""Conditions that decide a verdict, each answered with the city's own numbers and in words."""

from collections.abc import Callable, Mapping

from sxyd_pipeline.core.synergy.measures import MeasureBook

Row = Mapping[str, object]

_KWH_PER_GJ = 1.0 / 0.0036


def decide(rule: Row, effect: Row, book: MeasureBook) -> tuple[float, str | None]:
    """Return the verdict of a rule for one measure, and what decided it when it is conditional.

    Args:
        rule: row of ``coordination_rules``.
        effect: row of ``synergy.measures``.
        book: grid factor and parameters of the city.
    """
    if not rule["condition"]:
        return float(str(rule["verdict"])), None
    holds, words = CONDITIONS[str(rule["condition"])](effect, book)
    outcome = rule["verdict_if_true"] if holds else rule["verdict_if_false"]
    return float(str(outcome)), f"{words}：{'成立' if holds else '不成立'}"


def _heat_pump(_effect: Row, book: MeasureBook) -> tuple[bool, str]:
    """Heat from the grid through a heat pump against heat from a coal stove, tCO2 per GJ of heat."""
    pump = book.grid_tco2_per_kwh * _KWH_PER_GJ / book.parameters["heat_pump_cop"]
    stove = book.coal_tco2_per_gj / book.parameters["stove_efficiency"]
    words = (
        f"电网因子 {book.grid_tco2_per_kwh * 1000:.4f} tCO2/MWh ÷ COP {book.parameters['heat_pump_cop']:g}"
        f" = {pump:.4f} tCO2/GJ"
        f" < 煤 {book.coal_tco2_per_gj:.4f} tCO2/GJ ÷ 炉效 {book.parameters['stove_efficiency']:g}"
        f" = {stove:.4f} tCO2/GJ"
    )
    return pump < stove, words


def _both_fall(effect: Row, _book: MeasureBook) -> tuple[bool, str]:
    carbon, apeq = _carbon(effect), _real(effect, "delta_apeq_t")
    words = f"污染当量{_moves(apeq)}、CO2e（含间接与碳汇）{_moves(carbon)}，二者均应减少"
    return apeq > 0 and carbon > 0, words


def _pollution_falls(effect: Row, _book: MeasureBook) -> tuple[bool, str]:
    apeq, nox = _real(effect, "delta_apeq_t"), _real(effect, "delta_nox_t")
    words = f"污染当量{_moves(apeq)}、NOx {_moves(nox)}，二者均不应增加"
    return apeq >= 0 and nox >= 0, words


def _moves(removed: float) -> str:
    return f"{'减少' if removed >= 0 else '增加'} {abs(removed):,.0f} t"


def _carbon(effect: Row) -> float:
    return sum(_real(effect, name) for name in ("delta_co2e_tco2e", "delta_indirect_tco2", "delta_sink_tco2"))


def _real(row: Row, name: str) -> float:
    value = row[name]
    return float(value) if isinstance(value, int | float) else 0.0


CONDITIONS: dict[str, Callable[[Row, MeasureBook], tuple[bool, str]]] = {
    "heat_pump_below_coal": _heat_pump,
    "both_fall": _both_fall,
    "pollution_falls": _pollution_falls,
}
