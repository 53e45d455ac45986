"""Fields of one layer or table: present, filled in, of the right kind, within bounds, with valid codes."""

import re

import polars as pl

from sxyd_pipeline.deliverables.delivery_check.findings import Findings
from sxyd_pipeline.deliverables.delivery_check.reading import Delivered
from sxyd_pipeline.deliverables.delivery_check.specification import FieldRule
from sxyd_pipeline.io.readers_tabular import GARBLED
from sxyd_pipeline.vocabulary.codes import ADCODE, parse_control_unit_code, parse_zone_code

_NUMERIC = ("whole", "number")
_CODES = ("unit_code", "zone_code", "adcode")
#: Codes of nearshore zones follow no published grammar.
_FREE_CODES = "zones_coastal"
_WHOLE = re.compile(r"[+-]?\d+(\.0+)?")


def check_fields(one: Delivered, findings: Findings) -> None:
    """Check every field of the rule in one layer or table."""
    for rule in one.rule.fields:
        column = one.columns.get(rule.name)
        if column is None:
            if rule.mandatory:
                listed = "、".join(rule.names[:3])
                findings.add("missing_field", one.whole(rule.names[0]), None, listed, listed)
            continue
        _check_values(one, rule, column, findings)
    _check_garbled(one, findings)
    _check_repeated(one, findings)
    _check_class(one, findings)


def _check_values(one: Delivered, rule: FieldRule, column: str, findings: Findings) -> None:
    texts = one.texts(rule.name)
    if texts is None:
        return
    numbers = one.numbers(rule.name)
    for row, text in enumerate(texts.to_list()):
        spot = one.at(row, column)
        if text is None:
            if rule.mandatory:
                findings.add("missing_value", spot)
            continue
        number = None if numbers is None else numbers[row]
        if rule.kind in _NUMERIC:
            if number is None or (rule.kind == "whole" and not _WHOLE.fullmatch(text)):
                findings.add("wrong_type", spot, text)
                continue
            _check_bounds(rule, number, spot, findings)
        if rule.allowed and not _is_allowed(rule, text, number):
            listed = "、".join(rule.allowed)
            findings.add("not_allowed", spot, text, listed, listed)
        if rule.kind in _CODES:
            _check_code(one, rule, text, row, findings)


def _check_bounds(rule: FieldRule, number: float, spot: object, findings: Findings) -> None:
    low, high = rule.minimum, rule.maximum
    # Not a number compares as neither; it is out of every bound.
    inside = (low is None or number >= low) and (high is None or number <= high) and number == number  # noqa: PLR0124
    if not inside:
        bounds = f"[{'' if low is None else f'{low:g}'}, {'' if high is None else f'{high:g}'}]"
        findings.add("out_of_bounds", spot, number, bounds, bounds)  # type: ignore[arg-type]  # a Spot


def _is_allowed(rule: FieldRule, text: str, number: float | None) -> bool:
    if rule.kind in _NUMERIC and number is not None:
        return any(float(one) == number for one in rule.allowed)
    return text in rule.allowed


def _check_code(one: Delivered, rule: FieldRule, text: str, row: int, findings: Findings) -> None:
    spot = one.at(row, one.columns[rule.name])
    if rule.kind == "zone_code" and one.rule.name == _FREE_CODES:
        return
    adcode = _adcode_of(rule.kind, text)
    if adcode is None:
        findings.add("wrong_code", spot, text)
    elif adcode not in findings.specification.adcodes:
        findings.add("unknown_area_code", spot, text, adcode, adcode)


def _adcode_of(kind: str, text: str) -> str | None:
    if kind == "adcode":
        return text if ADCODE.match(text) else None
    parsed = parse_control_unit_code(text) if kind == "unit_code" else parse_zone_code(text)
    return None if parsed is None else parsed.adcode


def _check_garbled(one: Delivered, findings: Findings) -> None:
    for column, dtype in one.frame.schema.items():
        if dtype != pl.String:
            continue
        garbled = one.frame[column].str.contains(GARBLED).fill_null(value=False)
        for row in garbled.arg_true().to_list():
            findings.add("garbled", one.at(row, column), one.frame[column][row])


def _check_repeated(one: Delivered, findings: Findings) -> None:
    codes = one.texts("code") if one.rule.is_layer else None
    if codes is None:
        return
    repeated = codes.is_duplicated() & codes.is_not_null()
    for row in repeated.arg_true().to_list():
        findings.add("repeated_code", one.at(row, one.columns["code"]), codes[row])


def _check_class(one: Delivered, findings: Findings) -> None:
    codes, classes = one.texts("code"), one.numbers("control_class")
    if codes is None or classes is None:
        return
    for row, (code, control_class) in enumerate(zip(codes.to_list(), classes.to_list(), strict=True)):
        parsed = parse_control_unit_code(code or "") or parse_zone_code(code or "")
        if parsed is not None and control_class is not None and parsed.control_class != control_class:
            told = f"{code} → {parsed.control_class}"
            findings.add(
                "class_contradicts_code", one.at(row, one.columns["control_class"]), control_class, told, told
            )
