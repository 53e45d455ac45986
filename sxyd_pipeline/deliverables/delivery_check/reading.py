"""Reads a delivery: finds the layers and tables the specification knows, in any of the usual formats.

Whatever is handed in may be hostile or broken: files are looked at before they are opened, nothing
outside the folder is read, and a file that cannot be read is a finding, never a crash.
"""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import defusedxml.ElementTree
import geopandas as gpd
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
from defusedxml.common import DefusedXmlException

from sxyd_pipeline.deliverables.delivery_check.findings import Findings, Spot
from sxyd_pipeline.deliverables.delivery_check.specification import LayerRule, Specification
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.archives import check_archive, check_entities
from sxyd_pipeline.io.package_errors import CutFieldNameError, UndecodableFileError, UnsafeArchiveError
from sxyd_pipeline.io.readers_dbf import find_attribute_encoding
from sxyd_pipeline.io.readers_text import decode_text

MOST_FILES = 20_000
MOST_BYTES = 4 * 1024**3
_MOST_XML_BYTES = 50 * 1024**2
_HEADER_ROWS = 10
_GEO = b"geo"
#: Formats in the order in which they are trusted when several hold the same layer.
_LAYER_SUFFIXES = (".gpkg", ".fgb", ".parquet", ".geoparquet", ".shp", ".geojson", ".json")
_TABLE_SUFFIXES = (".csv", ".parquet", ".xlsx")
_BROKEN = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException,
    pl.exceptions.PolarsError, OSError, ValueError, TypeError, KeyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivered:
    """One layer or table as it was delivered.

    Attributes:
        rule: what it is.
        spot: file and sheet.
        frame: attributes as delivered, columns by their delivered names.
        columns: delivered name of each field of the rule that is there.
        first_row: number of the first row, as a reader of the file counts.
        shapes: polygons with their CRS, for layers.
    """

    rule: LayerRule
    spot: Spot
    frame: pl.DataFrame
    columns: dict[str, str]
    first_row: int = 1
    shapes: gpd.GeoSeries | None = None

    def at(self, row: int, column: str = "") -> Spot:
        """Return the place of a row (counted from 0)."""
        return Spot(self.spot.file, self.rule.name, self.spot.sheet, row + self.first_row, column)

    def whole(self, column: str = "") -> Spot:
        """Return the place of the whole layer or of one of its fields."""
        return Spot(self.spot.file, self.rule.name, self.spot.sheet, None, column)

    def values(self, name: str) -> pl.Series | None:
        """Return a field as delivered, or None when it is not there."""
        column = self.columns.get(name)
        return None if column is None else self.frame[column]

    def numbers(self, name: str) -> pl.Series | None:
        """Return a field as numbers; what is no number is empty."""
        values = self.values(name)
        if values is None:
            return None
        return values.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)

    def texts(self, name: str) -> pl.Series | None:
        """Return a field as text without blanks around it; empty text is missing."""
        values = self.values(name)
        if values is None:
            return None
        text = values.cast(pl.String).str.strip_chars()
        return text.set(text == "", None)


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a delivery.

    Attributes:
        root: the folder.
        files: path inside it (with /) of every file that may be opened, sorted.
    """

    root: Path
    files: dict[str, Path] = field(default_factory=dict)

    def of(self, *suffixes: str) -> Iterator[tuple[str, Path]]:
        """Yield the files with one of these suffixes."""
        return ((name, path) for name, path in self.files.items() if path.suffix.lower() in suffixes)


def list_files(root: Path, findings: Findings) -> Folder:
    """Return the files of a delivery; links that lead out and floods of files are findings."""
    files: dict[str, Path] = {}
    total = 0
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(part.startswith((".", "~$")) or part == "__MACOSX" for part in Path(name).parts):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            findings.add(
                "unsafe", Spot(name), path.readlink(), "链接指向文件夹之外", "a link leads out of the folder"
            )
            continue
        if not path.is_file():
            continue
        total += path.stat().st_size
        if len(files) >= MOST_FILES or total > MOST_BYTES:
            findings.add(
                "unsafe",
                Spot(name),
                None,
                "文件过多或过大，其余未检查",
                "too many or too large; the rest was not checked",
            )
            break
        files[name] = path
    return Folder(root, files)


def read_delivery(folder: Folder, specification: Specification, findings: Findings) -> list[Delivered]:
    """Return every layer and table the specification knows, in all files that hold one."""
    return [
        *(
            one
            for name, path in folder.files.items()
            for one in _layers_of(name, path, specification, findings)
        ),
        *(
            one
            for name, path in folder.files.items()
            for one in _tables_of(name, path, specification, findings)
        ),
    ]


def check_texts(folder: Folder, findings: Findings) -> None:
    """Check encodings of all CSV files, safety and form of archives and XML."""
    for name, path in folder.of(".csv"):
        try:
            decode_text(path.read_bytes(), name)
        except UndecodableFileError as error:
            findings.add("encoding", Spot(name), None, error.zh, error.en)
    for name, path in folder.of(".zip"):
        try:
            check_archive(path, name)
        except UnsafeArchiveError as error:
            findings.add("unsafe", Spot(name), None, error.zh, error.en)
        except SxydError as error:
            findings.add("unreadable", Spot(name), None, error.zh, error.en)
        else:
            findings.add("not_looked_into", Spot(name))
    documents = list(folder.of(".xml"))
    for name, path in documents:
        _check_xml(name, path, findings)
    if not documents:
        findings.add("missing_metadata", Spot("*.xml"))


def _check_xml(name: str, path: Path, findings: Findings) -> None:
    if path.stat().st_size > _MOST_XML_BYTES:
        findings.add("unsafe", Spot(name), path.stat().st_size, "XML 过大", "the XML is too large")
        return
    try:
        defusedxml.ElementTree.parse(path, forbid_dtd=True)
    except DefusedXmlException:
        findings.add(
            "unsafe",
            Spot(name),
            None,
            "XML 声明了文档类型或实体",
            "the XML declares a document type or entities",
        )
    except ET.ParseError as error:
        findings.add("unreadable", Spot(name, row=error.position[0]), None, str(error), str(error))


def _layers_of(
    name: str, path: Path, specification: Specification, findings: Findings
) -> Iterator[Delivered]:
    suffix = path.suffix.lower()
    if suffix not in _LAYER_SUFFIXES:
        return
    try:
        for layer, rule in _called(path, [one for one in specification.layers if one.is_layer]):
            frame = _read_layer(path, name, layer)
            if frame is not None:
                yield _delivered(rule, Spot(name, rule.name, layer if suffix == ".gpkg" else ""), frame)
    except UndecodableFileError as error:
        findings.add("encoding", Spot(name), None, error.zh, error.en)
    except CutFieldNameError as error:
        findings.add("field_name_not_ascii", Spot(name), None, error.zh, error.en)
    except SxydError as error:
        findings.add("unreadable", Spot(name), None, error.zh, error.en)
    except UnicodeDecodeError as error:
        findings.add("encoding", Spot(name), None, str(error), str(error))
    except _BROKEN as error:
        findings.add("unreadable", Spot(name), None, _first_line(error), _first_line(error))


def _called(path: Path, rules: list[LayerRule]) -> Iterator[tuple[str, LayerRule]]:
    """Yield the layers of a file that the specification knows; single-layer files go by their own name."""
    suffix = path.suffix.lower()
    if suffix in {".gpkg", ".fgb"}:
        names = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
    elif suffix in {".json", ".geojson"}:
        document = json.loads(path.read_bytes().decode("utf-8-sig")) if _any(path, rules) else {}
        names = (
            [path.stem] if isinstance(document, dict) and document.get("type") == "FeatureCollection" else []
        )
    else:
        names = [path.stem]
    for layer in names:
        wanted = path.stem if suffix == ".fgb" or len(names) == 1 else layer
        rule = next((one for one in rules if one.is_called(layer) or one.is_called(wanted)), None)
        if rule is not None:
            yield layer, rule


def _any(path: Path, rules: list[LayerRule]) -> bool:
    return any(rule.is_called(path.stem) for rule in rules)


def _read_layer(path: Path, name: str, layer: str) -> gpd.GeoDataFrame | None:
    suffix = path.suffix.lower()
    if suffix in {".parquet", ".geoparquet"}:
        if _GEO not in (pq.read_schema(path).metadata or {}):
            return None
        return gpd.read_parquet(path)
    if suffix == ".shp":
        return pyogrio.read_dataframe(path, encoding=find_attribute_encoding(path, name))
    return pyogrio.read_dataframe(path, layer=layer) if suffix == ".gpkg" else pyogrio.read_dataframe(path)


def _delivered(rule: LayerRule, spot: Spot, frame: gpd.GeoDataFrame) -> Delivered:
    if not isinstance(frame, gpd.GeoDataFrame):
        message = "没有图形列 / there is no geometry"
        raise TypeError(message)
    geometry = frame.geometry.name
    attributes = pl.DataFrame(
        {
            str(column): pl.Series([_plain(value) for value in frame[column]], strict=False)
            for column in frame.columns
            if column != geometry
        }
    )
    return Delivered(rule, spot, attributes, columns_of(rule, attributes.columns), 1, frame.geometry)


def _plain(value: object) -> object:
    """Return a value without the missing marks of pandas."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - not a number
        return None
    if isinstance(value, bool | int | float | str):
        return value
    return None if str(value) in {"NaT", "<NA>"} else str(value)


def _tables_of(
    name: str, path: Path, specification: Specification, findings: Findings
) -> Iterator[Delivered]:
    rules = [one for one in specification.layers if not one.is_layer]
    suffix = path.suffix.lower()
    if suffix not in _TABLE_SUFFIXES:
        return
    try:
        if suffix == ".xlsx":
            yield from _sheets_of(name, path, rules)
            return
        rule = next((one for one in rules if one.is_called(path.stem)), None)
        if rule is None:
            return
        if suffix == ".csv":
            frame = pl.read_csv(decode_text(path.read_bytes(), name).encode(), infer_schema=False)
        else:
            frame = pl.read_parquet(path)
        # Row 1 of a CSV is its header, as a spreadsheet shows it.
        first = 2 if suffix == ".csv" else 1
        yield Delivered(rule, Spot(name, rule.name), frame, columns_of(rule, frame.columns), first)
    except UnsafeArchiveError as error:
        findings.add("unsafe", Spot(name), None, error.zh, error.en)
    except UndecodableFileError:
        return  # told by check_texts, which looks at every CSV
    except SxydError as error:
        findings.add("unreadable", Spot(name), None, error.zh, error.en)
    except _BROKEN as error:
        findings.add("unreadable", Spot(name), None, _first_line(error), _first_line(error))


def _sheets_of(name: str, path: Path, rules: list[LayerRule]) -> Iterator[Delivered]:
    check_archive(path, name)
    check_entities(path, name)
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for title in workbook.sheetnames:
            rule = next((one for one in rules if one.is_called(title)), None)
            if rule is None:
                continue
            rows = [[_cell(value) for value in row] for row in workbook[title].iter_rows(values_only=True)]
            place = _header_row(rule, rows)
            if place is not None:
                header = [_without_unit(cell) or f"column_{n}" for n, cell in enumerate(rows[place])]
                width = len(header)
                body = [(row + [None] * width)[:width] for row in rows[place + 1 :] if any(row)]
                frame = pl.DataFrame(body, schema=dict.fromkeys(_unique(header), pl.String), orient="row")
                yield Delivered(
                    rule, Spot(name, rule.name, title), frame, columns_of(rule, frame.columns), place + 2
                )
    finally:
        workbook.close()


def _header_row(rule: LayerRule, rows: list[list[str | None]]) -> int | None:
    """Return the first row that names at least half of the mandatory fields."""
    needed = sum(one.mandatory for one in rule.fields) / 2
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        found = columns_of(rule, [_without_unit(cell) for cell in row])
        if len(found) >= needed:
            return place
    return None


def columns_of(rule: LayerRule, columns: list[str]) -> dict[str, str]:
    """Return the delivered column of each field that is there; names are compared without case."""
    folded = {column.casefold(): column for column in columns}
    found = {
        one.name: next((folded[n.casefold()] for n in one.names if n.casefold() in folded), None)
        for one in rule.fields
    }
    return {name: column for name, column in found.items() if column is not None}


def _without_unit(cell: str | None) -> str:
    return (cell or "").partition("（")[0].partition("(")[0].strip()


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
