"""Files of one delivery against each other: counts, totals, the bridge, clauses, and lists of files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from sxyd_pipeline.deliverables.delivery_check.findings import Findings, Spot
from sxyd_pipeline.deliverables.delivery_check.reading import Delivered, Folder
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.vocabulary.codes import parse_control_unit_code
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ControlClass

_CITY, _CARBON = "city", "CO2"
#: Share of the units' area an element must take before it counts as covering.
_COVERING_SHARE = 0.99
#: Below this no difference of areas is told: the accuracy of the drawing.
_LEAST_KM2 = 1e-4
_DATABASE = ".duckdb"


def check_presence(delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check that every required layer and table is there."""
    present = {one.rule.name for one in delivered}
    for rule in findings.specification.layers:
        if rule.required and rule.name not in present:
            listed = "、".join(rule.names[:3])
            findings.add("missing_layer", Spot(rule.names[0], rule.name), None, listed, listed)


def check_files_agree(delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check that all files that hold one layer or table have the same rows and totals."""
    tolerance = findings.specification.tolerance("totals_differ")
    for first, others in _same(delivered):
        for other in others:
            if other.frame.height != first.frame.height:
                told = f"{first.spot.file}: {first.frame.height}"
                findings.add("count_differs", other.whole(), other.frame.height, told, told)
                continue
            for rule in first.rule.fields:
                ours, theirs = first.numbers(rule.name), other.numbers(rule.name)
                if rule.kind != "number" or ours is None or theirs is None:
                    continue
                wanted, found = float(ours.sum()), float(theirs.sum())
                if abs(found - wanted) > tolerance * max(abs(wanted), 1.0):
                    told = f"{first.spot.file}: {wanted:.10g}"
                    findings.add("totals_differ", other.whole(other.columns[rule.name]), found, told, told)


def _same(delivered: Sequence[Delivered]) -> Iterator[tuple[Delivered, list[Delivered]]]:
    names = dict.fromkeys(one.rule.name for one in delivered)
    for name in names:
        first, *others = [one for one in delivered if one.rule.name == name]
        if others and name != "mapping":
            yield first, others


def check_total_is_inventory(delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check that the control units' CO2 sums to the city's total of the same year."""
    units, totals = _first(delivered, "control_units"), _first(delivered, "totals")
    if units is None or totals is None:
        return
    loads, years = units.numbers("co2"), units.numbers("year")
    columns = [totals.texts(name) for name in ("year", "breakdown", "species", "emission")]
    if loads is None or years is None or any(column is None for column in columns) or not years.len():
        return
    frame = pl.DataFrame({n: c for n, c in zip("ybse", columns, strict=True) if c is not None})
    year = years.drop_nulls().mode().sort()
    wanted = frame.filter(
        pl.col("b") == _CITY, pl.col("s") == _CARBON, pl.col("y").cast(pl.Float64, strict=False) == year[0]
    )["e"].cast(pl.Float64, strict=False)
    if not wanted.len():
        return
    found, total = float(loads.sum()), float(wanted.sum())
    if abs(found - total) > findings.specification.tolerance("total_not_inventory") * max(abs(total), 1.0):
        told = f"{totals.spot.file}: {total:.10g}"
        findings.add("total_not_inventory", units.whole(units.columns["co2"]), found, told, told)


def check_bridge(delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check that the areas of the bridge sum to the units, for elements that cover the territory."""
    units = _first(delivered, "control_units")
    for bridge in (one for one in delivered if one.rule.name == "bridge"):
        if units is not None:
            _check_bridge(units, bridge, findings)


def _check_bridge(units: Delivered, bridge: Delivered, findings: Findings) -> None:
    codes, areas = units.texts("code"), units.numbers("area")
    parts = (bridge.texts("unit_code"), bridge.texts("element"), bridge.numbers("area"))
    if codes is None or areas is None or any(part is None for part in parts):
        return
    land = pl.DataFrame({"code": codes, "area": areas}).drop_nulls()
    rows = pl.DataFrame(
        {n: p for n, p in zip(("code", "element", "part"), parts, strict=True) if p is not None}
    )
    known = set(land["code"])
    for row, code in enumerate(rows["code"].to_list()):
        if code is not None and code not in known:
            findings.add("bridge_unknown", bridge.at(row, bridge.columns["unit_code"]), code)
    sums = rows.group_by("element", "code", maintain_order=True).agg(pl.col("part").sum())
    tolerance = findings.specification.tolerance("bridge_sum")
    for (element,), part in sums.group_by("element", maintain_order=True):
        if float(part["part"].sum()) < _COVERING_SHARE * float(land["area"].sum()):
            continue
        joined = land.join(part, on="code", how="left", maintain_order="left").with_columns(
            pl.col("part").fill_null(0.0)
        )
        wrong = joined.filter(
            (pl.col("part") - pl.col("area")).abs() > tolerance * pl.col("area") + _LEAST_KM2
        )
        for code, area, found in wrong.select("code", "area", "part").iter_rows():
            told = f"{element} {code}: {area:.6g} km2"
            findings.add("bridge_sum", bridge.whole(bridge.columns["area"]), found, told, told)


def check_clauses(delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check that every unit has clauses, key units in all four dimensions, and that clauses say something."""
    units = _first(delivered, "control_units")
    for clauses in (one for one in delivered if one.rule.name == "clauses"):
        _check_list(units, clauses, findings)


def _check_list(units: Delivered | None, clauses: Delivered, findings: Findings) -> None:
    texts = clauses.texts("clause_text")
    shortest = findings.specification.tolerance("empty_clause")
    for row, text in enumerate([] if texts is None else texts.to_list()):
        if text is not None and len(text) < shortest:
            findings.add("empty_clause", clauses.at(row, clauses.columns["clause_text"]), text)
    owners, dimensions = clauses.texts("unit_code"), clauses.texts("dimension")
    codes = None if units is None else units.texts("code")
    if owners is None or dimensions is None or codes is None or units is None:
        return
    held: dict[str, set[str]] = {code: set() for code in codes.to_list() if code}
    for row, (owner, word) in enumerate(zip(owners.to_list(), dimensions.to_list(), strict=True)):
        if owner in held:
            held[owner].add(findings.specification.dimensions.get(word or "", word or ""))
        elif owner is not None:
            findings.add("clause_unit_unknown", clauses.at(row, clauses.columns["unit_code"]), owner)
    for row, code in enumerate(codes.to_list()):
        _check_unit(units, row, code, held.get(code, set()), findings)


def _check_unit(units: Delivered, row: int, code: str | None, held: set[str], findings: Findings) -> None:
    parsed = parse_control_unit_code(code or "")
    if parsed is None:
        return
    spot = units.at(row, units.columns["code"])
    if not held:
        findings.add("unit_without_clauses", spot, code)
    elif parsed.control_class == ControlClass.KEY:
        for dimension in (one for one in DIMENSIONS if one not in held):
            findings.add("key_unit_lacks_dimension", spot, code, DIMENSIONS[dimension], dimension)


def check_manifests(folder: Folder, findings: Findings) -> None:
    """Check the files that ``datapackage.json`` and ``manifest.json`` list: present and unchanged."""
    for name, path in folder.of(".json"):
        if path.name == "datapackage.json":
            document = _document(name, path, findings)
            listed = {
                str(one.get("path")): str(one.get("hash", "")).removeprefix("sha256:")
                for one in document.get("resources", [])
                if isinstance(one, Mapping)
            }
        elif path.name == "manifest.json":
            document = _document(name, path, findings)
            facts = document.get("files", {})
            listed = (
                {file: str(one.get("sha256", "")) for file, one in facts.items()}
                if isinstance(facts, Mapping)
                else {}
            )
        else:
            continue
        _check_listed(folder, name, path.parent, listed, findings)


def _document(name: str, path: Path, findings: Findings) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        findings.add("unreadable", Spot(name), None, str(error), str(error))
        return {}
    return document if isinstance(document, dict) else {}


def _check_listed(
    folder: Folder, name: str, base: Path, listed: Mapping[str, str], findings: Findings
) -> None:
    for file, sha256 in listed.items():
        parts = PurePosixPath(file)
        if parts.is_absolute() or ".." in parts.parts:
            findings.add("unsafe", Spot(name), file, "路径越界", "the path leads out")
            continue
        path = base / file
        if path.relative_to(folder.root).as_posix() not in folder.files:
            findings.add("listed_file_missing", Spot(name), file, file, file)
        elif sha256 and path.suffix != _DATABASE and hash_file(path) != sha256:
            findings.add("listed_file_changed", Spot(name), file, file, file)


def _first(delivered: Sequence[Delivered], name: str) -> Delivered | None:
    return next((one for one in delivered if one.rule.name == name), None)
