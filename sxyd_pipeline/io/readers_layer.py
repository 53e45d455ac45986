"""Polygon layers of every common format: attributes as text, CRS of the file."""

import json
import math
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors

from sxyd_pipeline.core.inputs.raw import RawLayer
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.archives import check_archive
from sxyd_pipeline.io.package_errors import (
    AmbiguousSheetError,
    GarbledTextError,
    UndecodableFileError,
    UnreadableFileError,
    UnsafeArchiveError,
)
from sxyd_pipeline.io.readers_dbf import find_attribute_encoding
from sxyd_pipeline.io.readers_tabular import GARBLED
from sxyd_pipeline.io.shapes import FIELDS, shape_of

LAYER_SUFFIXES = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb")
_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_RESERVED = ("source_sheet", "source_row")


def read_layer(path: Path, name: str, file: str, aliases: Sequence[str] = ()) -> RawLayer:
    """Read one layer of a vector file.

    Args:
        path: GPKG, SHP (zipped or not), GeoJSON, GeoParquet or FlatGeobuf.
        name: layer of the package.
        file: path within the package, for messages.
        aliases: further names under which the layer may stand in a file with several.

    Raises:
        UnreadableFileError: the file is damaged or has no geometry.
        UndecodableFileError: the attributes are in none of the accepted encodings.
        UnsafeArchiveError: a zip would burst or unpack outside its folder.
        AmbiguousSheetError: a file with several layers has none named as wanted.
        GarbledTextError: an attribute was damaged by a wrong conversion.
    """
    try:
        if path.suffix.lower() == ".zip":
            frame, sheet = _read_zipped(path, file), None
        elif path.suffix.lower() in {".parquet", ".geoparquet"}:
            frame, sheet = gpd.read_parquet(path), None
        else:
            frame, sheet = _read_with_gdal(path, file, (name, path.stem, *aliases))
    except UnicodeDecodeError as error:
        raise UndecodableFileError(
            file, error.start, f"0x{error.object[error.start]:02X}", ("UTF-8",)
        ) from error
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        ValueError,
        OSError,
        TypeError,
    ) as error:
        raise UnreadableFileError(
            file, str(error).splitlines()[0] if str(error) else type(error).__name__
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise UnreadableFileError(file, "没有图形列 / there is no geometry")
    return RawLayer(name, file, _as_text(frame, file, sheet), shape_of(name if name in FIELDS else "proxies"))


def _read_with_gdal(path: Path, file: str, wanted: Sequence[str]) -> tuple[gpd.GeoDataFrame, str | None]:
    suffix = path.suffix.lower()
    if suffix == ".shp":
        return pyogrio.read_dataframe(path, encoding=find_attribute_encoding(path, file)), None
    if suffix in {".geojson", ".json"}:
        _check_geojson(path, file)
        return pyogrio.read_dataframe(path), None
    layers = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
    folded = {name.casefold() for name in wanted}
    named = [layer for layer in layers if layer.casefold() in folded]
    chosen = named or layers
    if len(chosen) != 1:
        raise AmbiguousSheetError(file, wanted, layers)
    return pyogrio.read_dataframe(path, layer=chosen[0]), chosen[0] if suffix == ".gpkg" else None


def _check_geojson(path: Path, file: str) -> None:
    """GeoJSON is UTF-8 by its standard; other bytes are refused before anything interprets them."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UnreadableFileError(file, str(error)) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise UnreadableFileError(file, "不是 GeoJSON FeatureCollection / not a GeoJSON FeatureCollection")


def _read_zipped(path: Path, file: str) -> gpd.GeoDataFrame:
    check_archive(path, file)
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        members = [m for m in archive.infolist() if not _is_clutter(m.filename)]
        shapes = [m for m in members if m.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            names = [m.filename for m in shapes]
            raise AmbiguousSheetError(file, ("一个 .shp / one .shp",), names)
        stem = shapes[0].filename[: -len(".shp")]
        for member in members:
            suffix = PurePosixPath(member.filename).suffix.lower()
            if member.filename[: -len(suffix) or None] == stem and suffix in _SIDECARS:
                # Only the suffix of the stored name is used: nothing can be written elsewhere.
                try:
                    (Path(folder) / f"layer{suffix}").write_bytes(archive.read(member))
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                    raise UnsafeArchiveError(
                        file, f"{member.filename}: {error}", f"{member.filename}: {error}"
                    ) from error
        shape = Path(folder) / "layer.shp"
        return pyogrio.read_dataframe(shape, encoding=find_attribute_encoding(shape, file))


def _is_clutter(member: str) -> bool:
    """Tell the files macOS and file managers leave in archives."""
    parts = PurePosixPath(member).parts
    return "__MACOSX" in parts or any(part.startswith(".") for part in parts)


def _as_text(frame: gpd.GeoDataFrame, file: str, sheet: str | None) -> gpd.GeoDataFrame:
    shapes = frame.geometry
    data: dict[str, object] = {}
    for column in frame.columns:
        if column == shapes.name:
            continue
        label = f"{column}（原文件）" if column in _RESERVED or column == "geometry" else str(column)
        data[label] = pd.Series([_cell(value) for value in frame[column]], dtype=object)
    text = gpd.GeoDataFrame(data, geometry=list(shapes), crs=frame.crs)
    for label in data:
        garbled = text[label].astype("str").str.contains(GARBLED, na=False)
        if garbled.any():
            first = int(garbled.to_numpy().argmax())
            raise GarbledTextError(Place(file, sheet or "", first + 1, label, text[label].iloc[first]))
    text["source_sheet"] = pd.Series([sheet] * len(text), dtype=object)
    text["source_row"] = pd.Series(range(1, len(text) + 1), dtype="int64")
    return text


def _cell(value: object) -> str | None:
    """Write an attribute as text: whole numbers without a decimal point, gaps as None."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(float(value))
    if isinstance(value, pd.Timestamp):
        return str(value.date() if value == value.normalize() else value.isoformat())
    text = str(value)
    return text if text.strip() else None
