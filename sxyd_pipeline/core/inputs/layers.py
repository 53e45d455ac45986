"""Polygons of the city package in EPSG:4490, with codes that follow the grammar.

A polygon cannot be set aside like a row: it would leave a hole that everything falls through. So
every rule broken here stops the city, after all layers were looked at. Invalid rings are not
judged here; zoning repairs and reports them.
"""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.codes import city_prefix
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import BlockedLayersError, LayerOutsideChinaError, MissingCrsError
from sxyd_pipeline.core.inputs.parse import fold, look_up
from sxyd_pipeline.core.inputs.raw import RawLayer, RawTable, UnreadFile
from sxyd_pipeline.core.inputs.shape import Shape
from sxyd_pipeline.core.inputs.sifting import (
    Check,
    Sifting,
    conform,
    number_checks,
    read_numbers,
    repeated,
    required_checks,
    start_sifting,
)
from sxyd_pipeline.core.outcome import (
    AMOUNT_SCHEMA,
    Outcome,
    finding,
    findings_frame,
    no_amounts,
    no_findings,
)
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.codes import CONTROL_UNIT_CODE, ZONE_CODE
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE, ControlClass, Element

CRS = "EPSG:4490"
_TURN, _RIGHT_ANGLE = 180.0, 90.0
#: China with its seas, generously: west, south, east, north.
_CHINA = (70.0, 2.0, 140.0, 56.0)
#: Codes of the Tianditu base map are the country code of China and the adcode.
_COUNTRY = "156"
#: Where the parts of a unit or zone code begin: two letters, area, class, element, subtype, serial.
_ADCODE_AT, _CLASS_AT, _ELEMENT_AT, _SUBTYPE_AT = 2, 8, 9, 10
#: Columns of the result where no proxy was brought, so that no file could tell them.
_NO_PROXIES = Shape(
    (),
    (
        ("city_code", pl.String), ("proxy", pl.String), ("cell_id", pl.String), ("weight", pl.Float64),
        ("data_label", pl.String), ("source_file", pl.String), ("source_sheet", pl.String),
        ("source_row", pl.Int64),
    ),
    ("proxy", "cell_id"),
)  # fmt: skip
_CLASS_BY_WORD = {
    **{c.zh[:2]: str(int(c)) for c in ControlClass},
    **{str(int(c)): str(int(c)) for c in ControlClass},
}


def standardise_layers(
    raw_layers: Sequence[RawLayer],
    config: CityConfig,
    reference: Reference,
    unread: Sequence[UnreadFile] = (),
) -> Outcome:
    """Bring all polygon layers to EPSG:4490 and check their codes.

    Args:
        raw_layers: layers as read, one per file; ``name`` is the layer.
        config: city settings; ``stored_crs`` is the CRS of layers in degrees that carry none.
        reference: area codes and zone types.
        unread: files that belong to modules that are off; each is told, none is used.

    Returns:
        Features of ``inputs.layers`` sorted by layer and code; polygons as delivered, in two dimensions.

    Raises:
        BlockedLayersError: codes, classes, types or geometries break rules; ``findings`` lists all.
        MissingCrsError: a layer has no CRS and is not in degrees.
        LayerOutsideChinaError: coordinates and CRS do not belong together.
        MissingColumnError: a required attribute is missing.
    """
    frames = {raw.name: _to_stored_crs(raw, config) for raw in raw_layers}
    read = {raw.name: _start(raw, raw.name, frames[raw.name]) for raw in raw_layers}
    known = _known_adcodes(read.get("districts"), config, reference)
    sifted = [_check_layer(name, sifting, known, config, reference) for name, sifting in read.items()]
    findings = _gather(sifted)
    if (findings.get_column("strength") == "block").any():
        raise BlockedLayersError(findings)
    features = [_features(s, frames[s.name], config) for s in sifted]
    told = pl.concat([findings, _tell_unread(unread)])
    return Outcome(_stack(features, raw_layers[0].shape), told, amounts=_count(sifted, "layers"))


def _tell_unread(unread: Sequence[UnreadFile]) -> pl.DataFrame:
    """Say which files wait for their module to be switched on: what a user brings never goes unmentioned."""
    rows = [
        finding("module_is_off", one.name, source_file=one.file, column_name="[modules]", value=one.module)
        for one in unread
    ]
    return findings_frame(rows)


def standardise_proxies(raw_layers: Sequence[RawLayer], config: CityConfig) -> Outcome:
    """Bring weights of area sources to EPSG:4490; cells without a usable weight are set aside.

    Args:
        raw_layers: proxy layers as read; ``name`` is the proxy. A missing ``cell_id`` is the row number.
        config: city settings.

    Raises:
        MissingCrsError: a layer has no CRS and is not in degrees.
        MissingColumnError: there is no weight.
    """
    features, sifted = [], []
    for raw in raw_layers:
        frame = _to_stored_crs(raw, config)
        started = read_numbers(_start(raw, "proxies", frame), ("weight",))
        named = started.add(
            cell_id_standard=pl.coalesce("cell_id", pl.col("source_row").cast(pl.String)),
            proxy=pl.lit(raw.name),
        )
        weight = pl.col("weight_standard")
        checked = named.sift([
            *required_checks(named),
            Check("not_a_number", "weight", pl.col("weight").is_not_null() & weight.is_null()),
            Check("negative_amount", "weight", weight < 0),
            Check("missing_geometry", "geometry", ~pl.col("is_polygon")),
        ])  # fmt: skip
        kept = checked.sift([Check("duplicate_key", "cell_id", repeated("cell_id_standard"))])
        sifted.append(kept)
        features.append(_features(kept, frame, config))
    findings = pl.concat([s.all_findings() for s in sifted]) if sifted else no_findings()
    return Outcome(
        _stack(features, raw_layers[0].shape if raw_layers else _NO_PROXIES),
        findings,
        amounts=_count(sifted, "proxies"),
    )


def _to_stored_crs(raw: RawLayer, config: CityConfig) -> gpd.GeoDataFrame:
    frame = raw.frame
    west, south, east, north = (float(bound) for bound in frame.total_bounds)
    # Bounds are NaN where no feature has a geometry; that is told feature by feature.
    is_drawn = west <= east
    if frame.crs is None:
        in_degrees = max(abs(west), abs(east)) <= _TURN and max(abs(south), abs(north)) <= _RIGHT_ANGLE
        if is_drawn and not in_degrees:
            raise MissingCrsError(raw.file, (west, south, east, north))
        frame = frame.set_crs(config.stored_crs)
    stated = frame.crs.to_string()
    frame = frame.to_crs(CRS)
    bounds = tuple(float(bound) for bound in frame.total_bounds)
    inside = all(low <= b for low, b in zip(_CHINA[:2], bounds[:2], strict=True)) and all(
        b <= high for high, b in zip(_CHINA[2:], bounds[2:], strict=True)
    )
    if is_drawn and not inside:
        raise LayerOutsideChinaError(raw.file, stated[:60], bounds)
    return frame.set_geometry(
        gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), frame.index, crs=CRS)
    )


def _start(raw: RawLayer, name: str, frame: gpd.GeoDataFrame) -> Sifting:
    """Take the attributes as a table of text, and tell polygons from the rest."""
    attributes = pl.DataFrame(
        {
            column: pl.Series(
                [None if pd.isna(cell) else str(cell) for cell in frame[column]], dtype=pl.String
            )
            for column in frame.columns
            if column not in {frame.geometry.name, "source_row"}
        }
    ).with_columns(source_row=pl.Series(frame["source_row"].to_list(), dtype=pl.Int64))
    shapes = frame.geometry.to_numpy()
    polygonal = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON) | (
        shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    )
    is_polygon = polygonal & ~shapely.is_empty(shapes)
    return start_sifting(RawTable(name, raw.file, attributes, raw.shape)).add(
        is_polygon=pl.Series(is_polygon.tolist(), dtype=pl.Boolean)
    )


def _known_adcodes(districts: Sifting | None, config: CityConfig, reference: Reference) -> list[str]:
    """Area codes a unit or zone may carry: listed ones, districts of the package, statistical areas."""
    listed = reference.adcodes.get_column("adcode").cast(pl.String).to_list()
    own = districts.rows.get_column("code").drop_nulls().to_list() if districts else []
    areas = [area.code for area in config.statistical_areas]
    prefix = city_prefix(config.adcode)
    return sorted({code for code in (*listed, *own, *areas) if code.startswith(prefix)})


def _check_layer(
    name: str, started: Sifting, known: list[str], config: CityConfig, reference: Reference
) -> Sifting:
    code = pl.col("code").str.normalize("NFKC").str.to_uppercase()
    if name == "districts":
        code = pl.when(code.str.contains(rf"^{_COUNTRY}\d{{6}}$")).then(code.str.slice(3)).otherwise(code)
    read = read_numbers(started, ("stated_area_km2",)).add(code_standard=code, layer=pl.lit(name))
    read = read.add(
        _read_class(read) if name != "districts" else pl.lit(None, pl.Int32).alias("control_class_standard")
    )
    if name in ELEMENT_BY_CODE:
        read = _read_zone_type(read, ELEMENT_BY_CODE[name], reference)
    # Districts have no class and units no type; the contract has one set of columns for all layers.
    absent = [column for column in ("control_class", "zone_type") if column not in read.rows.columns]
    read = read.add(*(pl.lit(None, pl.String).alias(column) for column in absent))
    return read.sift([
        *required_checks(read),
        Check("missing_geometry", "geometry", ~pl.col("is_polygon"), pl.col("code")),
        Check("duplicate_code", "code", pl.col("code").is_not_null() & repeated("code_standard")),
        *number_checks(read, ("stated_area_km2",)),
        *_code_checks(name, known, config, reference),
    ])  # fmt: skip


def _read_class(read: Sifting) -> pl.Expr:
    def find(text: str) -> str | None:
        folded = fold(text)
        return _CLASS_BY_WORD.get(folded) or _CLASS_BY_WORD.get(folded[:2])

    return look_up(read.rows, "control_class", find).cast(pl.Int32).alias("control_class_standard")


def _read_zone_type(read: Sifting, element: Element, reference: Reference) -> Sifting:
    """Find the zone type by its digits or its Chinese name; a name used twice is settled by the code."""
    types = reference.zone_types.filter(pl.col("element") == element.code)
    digits = set(types.get_column("zone_type").cast(pl.String).to_list())
    by_name: dict[str, list[str]] = {}
    for kind, name in types.select(pl.col("zone_type").cast(pl.String), "name_zh").rows():
        by_name.setdefault(fold(name), []).append(kind)

    def find(pair: str) -> str | None:
        triple, text = pair.split("|", maxsplit=1)
        folded = fold(text)
        if folded in digits:
            return folded
        named = by_name.get(folded, [])
        if len(named) == 1:
            return named[0]
        return triple if triple in named else None

    triple = pl.col("code_standard").str.slice(_CLASS_AT, 3).fill_null("")
    paired = read.rows.with_columns(_pair=pl.concat_str(triple, pl.lit("|"), "zone_type"))
    return read.with_rows(
        paired.with_columns(zone_type_standard=look_up(paired, "_pair", find)).drop("_pair")
    )


def _code_checks(name: str, known: list[str], config: CityConfig, reference: Reference) -> list[Check]:
    code = pl.col("code_standard")
    if name == "districts":
        listed = reference.adcodes.get_column("adcode").cast(pl.String).implode()
        ours = code.str.starts_with(city_prefix(config.adcode)) & code.is_in(listed)
        return [Check("bad_code_grammar", "code", ~(code.str.contains(r"^\d{6}$") & ours))]
    control_class = pl.col("control_class_standard").cast(pl.String)
    checks = [
        Check(
            "unknown_code", "control_class", pl.col("control_class").is_not_null() & control_class.is_null()
        )
    ]
    if name in ELEMENT_BY_CODE:
        checks += _type_checks(ELEMENT_BY_CODE[name], reference)
    if name == Element.COASTAL.code:
        # Codes of sea zones are not part of the grammar; any text identifies them.
        return checks
    fits = code.str.contains((CONTROL_UNIT_CODE if name == "control_units" else ZONE_CODE).pattern)
    checks += [
        Check("bad_code_grammar", "code", ~(fits & code.str.slice(_ADCODE_AT, 6).is_in(known))),
        Check("class_digit_mismatch", "code", fits & (code.str.slice(_CLASS_AT, 1) != control_class)),
    ]
    if name in ELEMENT_BY_CODE:
        element = code.str.slice(_ELEMENT_AT, 1)
        checks.append(
            Check("element_digit_mismatch", "code", fits & (element != ELEMENT_BY_CODE[name].digit))
        )
    return checks


def _type_checks(element: Element, reference: Reference) -> list[Check]:
    if reference.zone_types.filter(pl.col("element") == element.code).is_empty():
        # No list of types for this element: the text is kept as delivered.
        return []
    kind = pl.col("zone_type_standard")
    checks = [Check("unknown_zone_type", "zone_type", pl.col("zone_type").is_not_null() & kind.is_null())]
    if element is not Element.COASTAL:
        control_class = pl.col("control_class_standard").cast(pl.String)
        checks += [
            Check("class_digit_mismatch", "zone_type", kind.str.slice(0, 1) != control_class),
            Check("element_digit_mismatch", "zone_type", kind.str.slice(1, 1) != element.digit),
            Check(
                "subtype_digit_mismatch",
                "zone_type",
                kind.str.slice(2, 1) != pl.col("code_standard").str.slice(_SUBTYPE_AT, 1),
            ),
        ]
    return checks


def _gather(sifted: Sequence[Sifting]) -> pl.DataFrame:
    """Gather the findings of all layers; all but warnings stop the city."""
    frames = [s.all_findings() for s in sifted]
    if not frames:
        return no_findings()
    is_warning = pl.col("strength") == "warn"
    return pl.concat(frames).with_columns(
        strength=pl.when(is_warning).then("strength").otherwise(pl.lit("block"))
    )


def _features(sifting: Sifting, frame: gpd.GeoDataFrame, config: CityConfig) -> gpd.GeoDataFrame:
    rows = conform(sifting.rows, sifting.shape, config)
    shapes = frame.geometry.iloc[sifting.rows.get_column("_row").to_list()]
    data = {name: _series(rows.get_column(name)) for name in rows.columns}
    return gpd.GeoDataFrame(data, geometry=list(shapes), crs=CRS)


def _stack(features: Sequence[gpd.GeoDataFrame], shape: Shape) -> gpd.GeoDataFrame:
    if not features:
        empty = {name: _series(pl.Series([], dtype=dtype)) for name, dtype in shape.columns}
        return gpd.GeoDataFrame(empty, geometry=[], crs=CRS)
    stacked = pd.concat(list(features), ignore_index=True)
    return stacked.sort_values([*shape.key, "source_row"], ignore_index=True)


def _series(values: pl.Series) -> pd.Series:
    """Keep gaps as gaps: text with missing cells, whole numbers as nullable integers."""
    kinds = {pl.String: "str", pl.Int32: "Int32", pl.Int64: "int64", pl.Float64: "float64"}
    return pd.Series(values.to_list(), dtype=kinds[type(values.dtype)])


def _count(sifted: Sequence[Sifting], name: str) -> pl.DataFrame:
    """Ledger of features read and kept, all layers together."""
    if not sifted:
        return no_amounts()
    kept = sum(s.rows.height for s in sifted)
    read = sum(s.raw.height for s in sifted)
    row = (name, "*", "rows", read, kept, float(read), float(kept), float(read - kept))
    return pl.DataFrame([row], schema=AMOUNT_SCHEMA, orient="row")
