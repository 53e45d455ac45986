"""Columns the package states against what its text says: the stated ones win, and differences are told."""

from collections.abc import Mapping
from typing import Any

from sxyd_pipeline.core.access.grammar import Grammar
from sxyd_pipeline.core.access.metrics import is_checkable
from sxyd_pipeline.vocabulary.clauses import to_standard

_LIMIT = ("metric", "operator", "threshold", "unit")
_ROUNDING = 1e-6
_SIDES = {"<=": "upper", "<": "upper", ">=": "lower", ">": "lower"}


def stated_columns(stated: Mapping[str, Any], read: Mapping[str, Any], grammar: Grammar) -> dict[str, Any]:
    """Return the columns of a clause: stated where stated, else read.

    Metric, operator, threshold and unit go together: where one of them is stated, the others are filled from
    the text only when the text limits the same metric (or names none).

    Args:
        stated: columns of the package; missing or null where it says nothing.
        read: what the text says.
        grammar: metrics that tables hold.
    """
    given = {name: value for name, value in stated.items() if not _is_empty(value)}
    merged = {**read, **given}
    if any(name in given for name in _LIMIT):
        is_same = given.get("metric") in {None, read["metric"]} or read["metric"] is None
        for name in _LIMIT:
            if name not in given and not is_same:
                merged[name] = None
        if "threshold" in given and "unit" not in given:
            merged["unit"] = None
    if merged.get("metric") in grammar.by_metric:
        merged["is_carbon"] = bool(merged["is_carbon"]) or grammar.by_metric[merged["metric"]].is_carbon
    merged["contradictions"] = given.get("contradictions") or contradictions(given, read)
    merged["is_checkable"] = is_checkable(merged, grammar.checks)
    return merged


def contradictions(given: Mapping[str, Any], read: Mapping[str, Any]) -> str | None:
    """Return ``column: stated ≠ read`` for every stated column that the text contradicts, separated by ;."""
    told = [
        f"{name}: {given[name]} ≠ {read[name]}"
        for name in ("metric", "operator", "industry_codes")
        if name in given and not _is_empty(read[name]) and _differ(name, str(given[name]), str(read[name]))
    ]
    both = "threshold" in given and read["threshold"] is not None
    if both and given.get("metric") in {None, read["metric"]} and _other_amount(given, read):
        told.append(f"threshold: {_amount(given)} ≠ {_amount(read)}")
    return ";".join(told) or None


def _differ(name: str, stated: str, read: str) -> bool:
    if name == "industry_codes":
        codes, found = stated.split(";"), read.split(";")
        return not any(a.startswith(b) or b.startswith(a) for a in codes for b in found)
    if name == "operator":
        return _SIDES.get(stated) != _SIDES.get(read)
    return stated != read


def _other_amount(given: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    """Tell whether two thresholds differ when brought to one unit; units that do not compare are no proof."""
    stated, found = float(given["threshold"]), float(read["threshold"])
    units = (given.get("unit"), read["unit"])
    one, other = to_standard(stated, units[0]), to_standard(found, units[1])
    if one is not None and other is not None and one[0] == other[0]:
        stated, found = one[1], other[1]
    elif units[0] is not None and one is not None and other is not None:
        return abs(stated - found) > _ROUNDING * max(abs(stated), abs(found))
    return abs(stated - found) > _ROUNDING * max(abs(stated), abs(found))


def _amount(row: Mapping[str, Any]) -> str:
    return f"{float(row['threshold']):g} {row.get('unit') or ''}".strip()


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
