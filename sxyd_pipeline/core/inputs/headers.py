"""Headers as people write them, brought to the columns of the contracts."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sxyd_pipeline.core.inputs.failures import DuplicateColumnError, MissingColumnError
from sxyd_pipeline.core.inputs.shape import Field
from sxyd_pipeline.errors import Place
from sxyd_pipeline.vocabulary.amounts import AmountUnit, parse_amount_unit

_BRACKETS = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
_FILLERS = re.compile(r"[\s_\-*·:]+")


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which header of a file means which field.

    Attributes:
        headers: field name to the file's own header.
        extra: headers that mean no field; their cells are carried along.
        scales: factor that brings a field's numbers to the contract's unit, where the header
            states another one (``面积（公顷）``, ``脱硫效率（%）``).
        stated_units: unit in the brackets of a header, as written.
    """

    headers: dict[str, str]
    extra: tuple[str, ...]
    scales: dict[str, float]
    stated_units: dict[str, str]


def fold_header(header: str) -> str:
    """Fold width, case, blanks, underscores and the asterisk of required columns."""
    return _FILLERS.sub("", unicodedata.normalize("NFKC", header).casefold())


def recognise_headers(fields: Sequence[Field], cells: Sequence[str | None]) -> set[str]:
    """Return the fields of a table or layer that a row of cells names.

    Args:
        fields: fields of the file.
        cells: one row of a file.
    """
    lookup = _spellings(fields)
    found = (_find(lookup, cell) for cell in cells if cell)
    return {field.name for field in found if field is not None}


def is_complete(fields: Sequence[Field], cells: Sequence[str | None]) -> bool:
    """Tell whether a row of cells names every required column of a table or layer."""
    required = {field.name for field in fields if field.is_required}
    return required <= recognise_headers(fields, cells)


def map_headers(fields: Sequence[Field], headers: Sequence[str], place: Place) -> HeaderMap:
    """Map the headers of a file to the fields of a table or layer.

    Args:
        fields: fields of the file.
        headers: the file's headers, in order.
        place: file and sheet, for messages.

    Raises:
        DuplicateColumnError: two headers mean the same field.
        MissingColumnError: a required field has no header.
    """
    lookup = _spellings(fields)
    found = {header: _find(lookup, header) for header in headers}
    claims: dict[str, list[str]] = {}
    for header, field in found.items():
        if field is not None:
            claims.setdefault(field.name, []).append(header)
    for column, claimed in claims.items():
        if len(claimed) > 1:
            raise DuplicateColumnError(place, column, claimed)
    missing = [(f.name, f.spellings) for f in fields if f.is_required and f.name not in claims]
    if missing:
        raise MissingColumnError(place, missing, list(headers))
    chosen = {column: claimed[0] for column, claimed in claims.items()}
    units = {column: unit for column, header in chosen.items() if (unit := _bracketed(header))}
    by_name = {field.name: field for field in fields}
    scales = {
        column: scale for column, unit in units.items() if (scale := _scale(by_name[column], unit)) != 1.0
    }
    return HeaderMap(chosen, tuple(header for header, field in found.items() if field is None), scales, units)


def _spellings(fields: Sequence[Field]) -> dict[str, Field]:
    return {fold_header(spelling): field for field in fields for spelling in field.spellings}


def _find(lookup: dict[str, Field], header: str) -> Field | None:
    # The whole header first: a bracket may belong to the name.
    whole = fold_header(header)
    bare = fold_header(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))
    return lookup.get(whole) or lookup.get(bare)


def _bracketed(header: str) -> str:
    match = _BRACKETS.search(unicodedata.normalize("NFKC", header))
    return match.group(1).strip() if match else ""


def _scale(field: Field, stated: str) -> float:
    unit, wanted = parse_amount_unit(stated), _unit_of(field)
    if unit is None or wanted is None or unit.dimension != wanted.dimension:
        return 1.0
    return unit.factor / wanted.factor


def _unit_of(field: Field) -> AmountUnit | None:
    return parse_amount_unit(field.measured_in) if field.measured_in else None
