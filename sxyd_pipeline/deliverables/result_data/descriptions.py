"""Machine-readable descriptions of the result data: Frictionless data package and ISO 19139 metadata."""

import datetime as dt
import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer
from sxyd_pipeline.io.geoparquet import GEOMETRY

_TYPES = {
    pl.String: "string", pl.Float64: "number", pl.Int32: "integer", pl.Int64: "integer",
    pl.Boolean: "boolean",
}  # fmt: skip
_MEDIA = {
    "csv": "text/csv", "gpkg": "application/geopackage+sqlite3", "fgb": "application/flatgeobuf",
    "parquet": "application/vnd.apache.parquet", "shp": "application/vnd.shp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml",
    "md": "text/markdown", "json": "application/json",
}  # fmt: skip
#: Frictionless wants lower-case names without spaces.
_PROFILE = "data-package"
_GMD, _GCO, _GML = (
    "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco", "http://www.opengis.net/gml",
)  # fmt: skip
_CODES = "http://www.isotc211.org/2005/resources/codeList.xml"


def data_package(edition: Edition, files: Mapping[str, bytes], language: Language) -> bytes:
    """Return ``datapackage.json``: every file with size and sha256, every CSV with its schema.

    Args:
        edition: the release.
        files: files of the result data by their path beside ``datapackage.json``.
        language: language of titles and descriptions.
    """
    document = {
        "profile": _PROFILE,
        "name": f"sxyd-{edition.release_id}",
        "title": f"{edition.city_name} {'减污降碳协同管控成果数据' if language == 'zh' else 'result data'}",
        "description": edition.shown("disclaimer", language),
        "version": edition.release_id,
        "keywords": ["三线一单", "生态环境分区管控", "减污降碳", edition.city_name],
        "contributors": [{"title": edition.shown("prepared_by", language), "role": "author"}],
        "dataLabel": edition.data_label,
        "baseYear": edition.base_year,
        "inputsSha256": edition.inputs_hash,
        "specVersion": edition.spec_version,
        "resources": [_resource(edition, path, content, language) for path, content in sorted(files.items())],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(edition: Edition, path: str, content: bytes, language: Language) -> dict[str, Any]:
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    resource: dict[str, Any] = {
        "name": path.lower().replace("/", "-").replace("_", "-"),
        "path": path,
        "format": suffix,
        "mediatype": _MEDIA.get(suffix, "application/octet-stream"),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if stem not in edition.tables:
        return resource
    table = edition.contract(stem)
    resource |= {"title": table.label if language == "zh" else table.english, "description": table.grain}
    if suffix == "csv":
        resource |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "schema": _schema(table, language),
        }
    return resource


def _schema(table: Table, language: Language) -> dict[str, Any]:
    columns = [column for column in table.columns if column.name != GEOMETRY]
    schema: dict[str, Any] = {
        "fields": [_field(column, language) for column in columns],
        "missingValues": [""],
    }
    # A key column may be empty where the key has parts that do not apply; Frictionless refuses that.
    if not any(table.column(name).nullable for name in table.key):
        schema["primaryKey"] = ["city_code", *table.key] if "city_code" not in table.key else list(table.key)
    return schema


def _field(column: Column, language: Language) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.dtype],
        "title": column.label if language == "zh" else column.english,
        "description": column.english,
    }
    if column.measured_in:
        field["unit"] = column.measured_in
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.minimum is not None:
        constraints["minimum"] = _bound(column, column.minimum)
    if column.maximum is not None:
        constraints["maximum"] = _bound(column, column.maximum)
    if column.pattern:
        constraints["pattern"] = column.pattern.removeprefix("^").removesuffix("$")
    return field | ({"constraints": constraints} if constraints else {})


def _bound(column: Column, value: float) -> float | int:
    return int(value) if _TYPES[column.dtype] == "integer" else value


def iso_metadata(edition: Edition, layers: Sequence[FilledLayer], language: Language) -> dict[str, bytes]:
    """Return ISO 19115 metadata in the XML of ISO 19139: one file for the data set, one per layer."""
    files = {"dataset.xml": _record(edition, None, language)}
    return files | {f"{one.layer.name}.xml": _record(edition, one, language) for one in layers}


def _record(edition: Edition, one: FilledLayer | None, language: Language) -> bytes:
    for prefix, space in (("gmd", _GMD), ("gco", _GCO), ("gml", _GML)):
        ET.register_namespace(prefix, space)
    zh = language == "zh"
    title = f"{edition.city_name}减污降碳协同管控成果数据" if zh else f"{edition.city_name}: result data"
    if one is not None:
        title = f"{title} · {one.layer.zh if zh else one.layer.en}"
    root = ET.Element(f"{{{_GMD}}}MD_Metadata")
    _text(root, "fileIdentifier", f"{edition.release_id}{f'-{one.layer.name}' if one else ''}")
    _text(root, "language", "zho" if zh else "eng")
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", "dataset" if one else "series")
    _contact(_inside(root, "contact"), edition, language)
    _date(root, edition.publication.prepared_on)
    _text(root, "metadataStandardName", "ISO 19115:2003/19139")
    _text(root, "metadataStandardVersion", "1.0")
    system = _inside(
        root, "referenceSystemInfo", "MD_ReferenceSystem", "referenceSystemIdentifier", "RS_Identifier"
    )
    _text(system, "code", "EPSG:4490")
    _text(system, "codeSpace", "CGCS2000")
    _identify(root, edition, one, title, language)
    _distribute(root)
    _quality(root, edition, language)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _identify(
    root: ET.Element, edition: Edition, one: FilledLayer | None, title: str, language: Language
) -> None:
    zh = language == "zh"
    about = _inside(root, "identificationInfo", "MD_DataIdentification")
    citation = _inside(about, "citation", "CI_Citation")
    _text(citation, "title", title)
    date = _inside(citation, "date", "CI_Date")
    ET.SubElement(_inside(date, "date"), f"{{{_GCO}}}Date").text = str(edition.base_year)
    _code(date, "dateType", "CI_DateTypeCode", "creation")
    _text(citation, "edition", edition.release_id)
    nature = edition.data_label or ("未声明" if zh else "not declared")
    parts = [
        f"{'基准年' if zh else 'base year'} {edition.base_year}",
        f"{'数据性质' if zh else 'nature'}: {nature}",
    ]
    if one is not None:
        parts.append(f"{one.frame.height} {'个要素' if zh else 'features'}")
    _text(about, "abstract", "；".join([*parts, edition.shown("disclaimer", language)]))
    _contact(_inside(about, "pointOfContact"), edition, language)
    words = _inside(about, "descriptiveKeywords", "MD_Keywords")
    for word in ("三线一单", "生态环境分区管控", "减污降碳"):
        _text(words, "keyword", word)
    limits = _inside(about, "resourceConstraints", "MD_LegalConstraints")
    labels = edition.imprint(language)
    shown = [f"{heading}: {text}" for heading, text in list(labels.items())[2:5]]
    _text(limits, "useLimitation", "；".join(shown))
    _text(about, "language", "zho" if zh else "eng")
    _code(about, "characterSet", "MD_CharacterSetCode", "utf8")
    ET.SubElement(_inside(about, "topicCategory"), f"{{{_GMD}}}MD_TopicCategoryCode").text = "environment"
    west, south, east, north = edition.layer("zoning.districts").total_bounds
    box = _inside(about, "extent", "EX_Extent", "geographicElement", "EX_GeographicBoundingBox")
    for name, value in (
        ("westBoundLongitude", west), ("eastBoundLongitude", east),
        ("southBoundLatitude", south), ("northBoundLatitude", north),
    ):  # fmt: skip
        ET.SubElement(_inside(box, name), f"{{{_GCO}}}Decimal").text = f"{value:.6f}"


def _distribute(root: ET.Element) -> None:
    distribution = _inside(root, "distributionInfo", "MD_Distribution")
    for name in ("GeoPackage", "FlatGeobuf", "ESRI Shapefile", "GeoParquet"):
        form = _inside(distribution, "distributionFormat", "MD_Format")
        _text(form, "name", name)
        _text(form, "version", "1")


def _quality(root: ET.Element, edition: Edition, language: Language) -> None:
    quality = _inside(root, "dataQualityInfo", "DQ_DataQuality")
    _code(_inside(quality, "scope", "DQ_Scope"), "level", "MD_ScopeCode", "dataset")
    made = (
        f"由 sxyd_pipeline {edition.code_version} 自城市数据包计算；输入校验和 {edition.inputs_hash}；"
        "方法与因子见 meta.methods 与 meta.factors"
        if language == "zh"
        else f"computed by sxyd_pipeline {edition.code_version} from a city package; sha256 of inputs "
        f"{edition.inputs_hash}; methods and factors stand in meta.methods and meta.factors"
    )
    _text(_inside(quality, "lineage", "LI_Lineage"), "statement", made)


def _date(root: ET.Element, stated: str) -> None:
    """Write the date the city states; nothing here knows the clock, so without one it is unknown."""
    stamp = _inside(root, "dateStamp")
    try:
        ET.SubElement(stamp, f"{{{_GCO}}}Date").text = dt.date.fromisoformat(stated).isoformat()
    except ValueError:
        stamp.clear()
        stamp.set(f"{{{_GCO}}}nilReason", "unknown")


def _contact(parent: ET.Element, edition: Edition, language: Language) -> None:
    party = _inside(parent, None, "CI_ResponsibleParty")
    _text(party, "organisationName", edition.shown("prepared_by", language))
    _text(party, "positionName", edition.shown("contact", language))
    _code(party, "role", "CI_RoleCode", "pointOfContact")


def _inside(parent: ET.Element, *names: str | None) -> ET.Element:
    for name in names:
        if name is not None:
            parent = ET.SubElement(parent, f"{{{_GMD}}}{name}")
    return parent


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(_inside(parent, name), f"{{{_GCO}}}CharacterString").text = xml_text(text)


def _code(parent: ET.Element, name: str, code_list: str, value: str) -> None:
    attributes = {"codeList": f"{_CODES}#{code_list}", "codeListValue": value}
    ET.SubElement(_inside(parent, name), f"{{{_GMD}}}{code_list}", attributes).text = value


def xml_text(text: str) -> str:
    """Replace characters XML cannot hold (control characters), so that any text can be written."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text
    )
