"""A scenario: named levers over the years, each with its source. Parsing refuses what it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE
from sxyd_pipeline.vocabulary.levers import LEVER_BY_CODE, SELECTORS, LeverKind
from sxyd_pipeline.vocabulary.species import SPECIES_BY_CODE

_CONFIDENCE = ("read", "computed", "recalled", "default")
_SCENARIO_KEYS = ("id", "name_zh", "name_en", "description", "cited_from", "levers")
#: Numbers among the details, and their bounds.
_BOUNDS = {
    "penetration_share": (0.0, 1.0), "removal_share": (0.0, 1.0), "energy_penalty_share": (0.0, 1.0),
    "efficiency_ratio": (0.01, 100.0), "lon": (73.0, 136.0), "lat": (3.0, 54.0),
}  # fmt: skip
_COMMON = ("lever", "label", "applies_to", "values", "cited_from", "confidence", "range_share")


class UnknownLeverError(SxydError):
    """A scenario names a lever, selector or key that does not exist."""

    def __init__(self, what: str, name: str, valid: Sequence[str], file: str) -> None:
        """Suggest the nearest valid name and list them all."""
        near = get_close_matches(name, valid, n=1)
        hint = f"{near[0]}？" if near else ""
        super().__init__(
            f"情景文件中的{what}“{name}”不存在。{hint}可用的有：{'、'.join(valid)}",
            f"the scenario names {what} '{name}', which does not exist; valid: {', '.join(valid)}",
            remedy_zh="改用列出的名称",
            remedy_en="use one of the names listed",
            place=Place(file=file, column=what, value=name),
        )


class LeverValueError(SxydError):
    """A lever's value is missing, of the wrong kind, or out of its bounds."""

    def __init__(self, lever: str, problem_zh: str, problem_en: str, file: str, value: object = "") -> None:
        """Name lever and problem."""
        super().__init__(
            f"杠杆 {lever}：{problem_zh}",
            f"lever {lever}: {problem_en}",
            remedy_zh="按 docs/methods/projection.md 的说明改正该杠杆",
            remedy_en="mend the lever as docs/methods/projection.md describes",
            place=Place(file=file, column=lever, value=str(value)),
        )


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever of a scenario.

    Attributes:
        kind: what it does.
        label: name shown to readers, unique within the scenario.
        applies_to: selector -> accepted values; empty acts on all sources its kind acts on.
        values: year -> value (empty for events).
        range_share: half-width of the 95 % range, relative to the lever's own effect.
        details: further keys of its kind (``from_activity``, ``facility_id``, ``species`` ...).
        cited_from: source of the numbers.
        confidence: read, computed, recalled or default.
    """

    kind: LeverKind
    label: str
    applies_to: Mapping[str, tuple[str, ...]]
    values: Mapping[int, float]
    range_share: float
    details: Mapping[str, Any]
    cited_from: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of levers."""

    scenario_id: str
    name_zh: str
    name_en: str
    cited_from: str
    levers: tuple[Lever, ...] = field(default=())


def parse_scenario(document: Mapping[str, Any], file: str) -> Scenario:
    """Turn the content of a scenario file into a :class:`Scenario`.

    Args:
        document: parsed TOML: ``id, name_zh, name_en, cited_from`` and an array ``levers``.
        file: path within the package, named in errors.

    Raises:
        UnknownLeverError: a key, lever, selector, species or activity that does not exist.
        LeverValueError: a value is missing or out of bounds.
    """
    for key in document:
        if key not in _SCENARIO_KEYS:
            raise UnknownLeverError("键/key", key, _SCENARIO_KEYS, file)
    scenario_id = _text(document, "id", file)
    entries = document.get("levers", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LeverValueError(
            "levers", "应写成 [[levers]] 数组", "must be an array of tables, [[levers]]", file, entries
        )
    levers = tuple(_parse_lever(entry, number, file) for number, entry in enumerate(entries, start=1))
    labels = [lever.label for lever in levers]
    for label in labels:
        if labels.count(label) > 1:
            raise LeverValueError(label, "名称重复", "the label occurs twice", file, label)
    return Scenario(
        scenario_id,
        _text(document, "name_zh", file),
        _text(document, "name_en", file),
        _text(document, "cited_from", file),
        levers,
    )


def _text(document: Mapping[str, Any], key: str, file: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise LeverValueError(key, "缺少文字", "text is missing", file, value)
    return value


def _parse_lever(entry: Mapping[str, Any], number: int, file: str) -> Lever:
    code = str(entry.get("lever", ""))
    if code not in LEVER_BY_CODE:
        raise UnknownLeverError("杠杆/lever", code, tuple(LEVER_BY_CODE), file)
    kind = LEVER_BY_CODE[code]
    label = str(entry.get("label", f"{code}#{number}"))
    valid = (*_COMMON, *kind.needs, *kind.may_have)
    for key in entry:
        if key not in valid:
            raise UnknownLeverError(f"{label} 的键/key of {label}", key, valid, file)
    for key in kind.needs:
        if key not in entry:
            raise LeverValueError(label, f"缺少 {key}", f"{key} is missing", file)
    confidence = str(entry.get("confidence", "default"))
    if confidence not in _CONFIDENCE:
        raise UnknownLeverError("confidence", confidence, _CONFIDENCE, file)
    details = {key: entry[key] for key in (*kind.needs, *kind.may_have) if key in entry}
    _check_details(label, details, file)
    return Lever(
        kind=kind,
        label=label,
        applies_to=_selectors(entry.get("applies_to", {}), file),
        values=_values(kind, label, entry, file),
        range_share=_bounded(label, "range_share", entry.get("range_share", 0.0), (0.0, 1.0), file),
        details=details,
        cited_from=_text(entry, "cited_from", file),
        confidence=confidence,
    )


def _selectors(applies_to: object, file: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(applies_to, dict):
        raise LeverValueError("applies_to", "应为表", "must be a table", file, applies_to)
    for key in applies_to:
        if key not in SELECTORS:
            raise UnknownLeverError("选择项/selector", key, SELECTORS, file)
    selected = {key: _words(key, values, file) for key, values in applies_to.items()}
    for code in selected.get("activity_code", ()):
        if code not in ACTIVITY_BY_CODE:
            raise UnknownLeverError("活动水平/activity", code, tuple(ACTIVITY_BY_CODE), file)
    return selected


def _words(key: str, value: object, file: str) -> tuple[str, ...]:
    """Return one word or a list of words as text; anything else is refused by name."""
    words = value if isinstance(value, list) else [value]
    if not words or not all(isinstance(word, str | int) and not isinstance(word, bool) for word in words):
        raise LeverValueError(
            key, "应为文字或非空的文字列表", "must be text or a list of texts that is not empty", file, value
        )
    return tuple(str(word) for word in words)


def _values(kind: LeverKind, label: str, entry: Mapping[str, Any], file: str) -> dict[int, float]:
    values = entry.get("values", {})
    if kind.path == "event":
        if values:
            raise LeverValueError(
                label, "事件型杠杆用 year，不用 values", "an event takes year, not values", file
            )
        return {}
    if not values:
        raise LeverValueError(label, "缺少 values（年份 = 数值）", "values (year = number) are missing", file)
    if not isinstance(values, dict):
        raise LeverValueError(
            label, "values 应写成 年份 = 数值", "values must be written as year = number", file, values
        )
    parsed: dict[int, float] = {}
    for year, value in values.items():
        if not (str(year).isascii() and str(year).isdecimal()):
            raise LeverValueError(label, "values 的键应为年份", "keys of values must be years", file, year)
        parsed[int(year)] = _bounded(label, str(year), value, (kind.minimum, kind.maximum), file)
    return dict(sorted(parsed.items()))


def _bounded(label: str, key: str, value: object, bounds: tuple[float, float], file: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LeverValueError(label, f"{key} 不是数字", f"{key} is not a number", file, value)
    low, high = bounds
    if not low <= value <= high:
        raise LeverValueError(
            label, f"{key} 应在 {low} 与 {high} 之间", f"{key} must lie between {low} and {high}", file, value
        )
    return float(value)


def _check_details(label: str, details: Mapping[str, Any], file: str) -> None:
    for key in ("from_activity", "to_activity"):
        if key in details and _one_word(label, key, details[key], file) not in ACTIVITY_BY_CODE:
            raise UnknownLeverError(f"{label} {key}", str(details[key]), tuple(ACTIVITY_BY_CODE), file)
    for key in ("facility_id", "equipment_id", "facility_name", "industry_code", "to_technology"):
        if key in details:
            _one_word(label, key, details[key], file)
    if "species" in details:
        for code in _words(f"{label} species", details["species"], file):
            if code not in SPECIES_BY_CODE:
                raise UnknownLeverError(f"{label} species", code, tuple(SPECIES_BY_CODE), file)
    for key in _BOUNDS.keys() & details.keys():
        _bounded(label, key, details[key], _BOUNDS[key], file)
    _check_event(label, details, file)


def _check_event(label: str, details: Mapping[str, Any], file: str) -> None:
    year = details.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise LeverValueError(label, "year 应为四位年份", "year must be a four-digit year", file, year)
    activity = details.get("activity", [{}])
    if (
        not isinstance(activity, list)
        or not activity
        or not all(isinstance(entry, dict) for entry in activity)
    ):
        raise LeverValueError(
            label, "activity 应为非空的表数组", "activity must be an array of tables", file, activity
        )


def _one_word(label: str, key: str, value: object, file: str) -> str:
    if isinstance(value, list):
        raise LeverValueError(label, f"{key} 只能是一个值", f"{key} takes one value", file, value)
    return _words(f"{label} {key}", value, file)[0]
