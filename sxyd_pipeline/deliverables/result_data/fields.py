"""Layers of the result data and their fields: one declaration gives aliases, domains and DBF names.

A field is a column of a contract wherever there is one, so its label and unit are written only once.
Codes are ASCII and at most ten characters, because a DBF file cuts longer names and breaks Chinese
ones. They follow fields seen in a platform database and in published layers; the official data
specification was never published in full, so no conformity is claimed.
"""

from dataclasses import dataclass, replace

import polars as pl

from sxyd_pipeline.contracts import access, analysis, baseline, columns, synergy, zoning
from sxyd_pipeline.contracts.model import Column
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ELEMENT_BY_CODE

#: Longest name and longest text of a DBF field, in bytes.
DBF_NAME_BYTES, DBF_TEXT_BYTES = 10, 254
#: Species with a field of their own, and the DBF name of each.
SPECIES_FIELDS = {
    "SO2": "SO2_T", "NOx": "NOX_T", "VOCs": "VOCS_T", "PM10": "PM10_T", "PM2.5": "PM25_T", "NH3": "NH3_T",
}  # fmt: skip
#: Names of the layers after the platform tree; the grid's is our own.
ELEMENT_CODES = {
    "ecology": "STKJ", "water": "SHJGKFQ", "air": "DQHJGKFQ", "soil": "TRHJGKFQ",
    "resources": "ZRZYGKFQ", "coastal": "JAHYGKFQ",
}  # fmt: skip
_ZONE_FIELDS = {
    "air": "DQHJGKFQBM", "water": "SHJGKFQBM", "ecology": "STHJGKFQBM", "soil": "TRHJGKFQBM",
    "resources": "ZRZYGKFQBM", "coastal": "JAHYGKFQBM",
}  # fmt: skip
_DIMENSION_FIELDS = {"space": "KJBJYS", "emission": "PWWPFGK", "risk": "HJFXFK", "resource": "ZYKFXLYQ"}


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a layer.

    Attributes:
        column: name, type, labels, unit and bounds.
        code: name in shapefiles; empty where a text does not fit into one.
        origin: table the value comes from.
    """

    column: Column
    code: str
    origin: str

    @property
    def name(self) -> str:
        """Name in all formats but shapefiles."""
        return self.column.name

    def label(self, language: str) -> str:
        """Return the label in a language."""
        return self.column.label if language == "zh" else self.column.english


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the result data.

    Attributes:
        name: name in GeoPackage and of the FlatGeobuf file.
        code: name of the shapefile.
        zh: Chinese name.
        en: English name.
        table: table that holds the polygons.
        key: column that identifies a feature.
        fields: attributes in order.
        styled_by: column the shipped QGIS style colours by; empty for outlines.
    """

    name: str
    code: str
    zh: str
    en: str
    table: str
    key: str
    fields: tuple[Field, ...]
    styled_by: str = ""


def _text(name: str, label: str, english: str) -> Column:
    return Column(name, pl.String, label, english, nullable=True)


def _fields(table: object, *pairs: tuple[Column, str]) -> tuple[Field, ...]:
    origin = table if isinstance(table, str) else getattr(table, "full_name", "")
    return tuple(Field(replace(column, nullable=True), code, str(origin)) for column, code in pairs)


_SCORES = synergy.CONTROL_UNIT_SCORES
_ZONE_SCORES = synergy.ZONE_SCORES
_PLACE = _fields(
    "meta.release",
    (_text("province", "省份", "province"), "PROV"),
    (_text("city_name", "城市名称", "city"), "CITY"),
)
_COUNTY = _fields(
    zoning.DISTRICTS,
    (columns.DISTRICT_CODE, "COUNTYCODE"),
    (zoning.DISTRICTS.column("district_name"), "COUNTY"),
)
_MARKS = (
    *_fields("meta.release", (columns.GWP_SET, "GWP_SET")),
    *_fields(zoning.CONTROL_UNITS, (columns.DATA_LABEL, "REMARK")),
    *_fields("meta.release", (_text("release_id", "发布编号", "release the layer belongs to"), "RELEASE")),
)


def _loads(table: object) -> tuple[Field, ...]:
    """Return the emission fields of an area: carbon extension first, then the pollutants."""
    species = (
        (
            Column(
                f"{name.lower().replace('.', '')}_t",
                pl.Float64,
                f"{name} 排放",
                f"{name}",
                "t/a",
                minimum=0.0,
            ),
            code,
        )
        for name, code in SPECIES_FIELDS.items()
    )
    return _fields(
        table,
        (columns.YEAR, "YEAR"),
        (_SCORES.column("co2_t"), "CO2_T"),
        (columns.CO2E, "CO2E_T"),
        (_SCORES.column("co2_density_t_per_km2"), "CO2_DEN"),
        *species,
    )


_EQUIVALENTS = ((_SCORES.column("apeq_t"), "APEQ_T"), (_SCORES.column("apeq_density_t_per_km2"), "APEQ_DEN"))
_SCORE_PAIRS = (
    *_EQUIVALENTS,
    (_SCORES.column("quadrant"), "SYN_TYPE"),
    (_SCORES.column("homology"), "H1"),
    (_SCORES.column("composite_score"), "SCORE"),
    (_SCORES.column("rank"), "RANK"),
    (_SCORES.column("rank_low"), "RANK_LOW"),
    (_SCORES.column("rank_high"), "RANK_HIGH"),
    (_SCORES.column("score_class"), "SYN_CLASS"),
    (_SCORES.column("top_class_probability"), "TOP_PROB"),
    (analysis.METHOD_ID, "METHOD"),
)
_COUPLING = _fields(
    synergy.COUPLING,
    (synergy.COUPLING.column("coordination_d"), "D_CCD"),
    (
        replace(
            synergy.COUPLING.column("grade"),
            name="ccd_grade",
            label="耦合协调等级",
            english="grade of coordination",
        ),
        "CCD_GRADE",
    ),
)
_KEY = _fields(
    analysis.KEY_AREAS,
    (
        Column(
            "is_key_carbon", pl.Int32, "是否重点碳污单元", "1 = key area by the rule, 0 = not", allowed=(0, 1)
        ),
        "KEY_CARBON",
    ),
)
_CLAUSES = _fields(
    access.CONTROL_UNIT_LISTS,
    (Column("clause_count", pl.Int64, "生效条款数", "clauses in force", minimum=0), "CLAUSE_N"),
    (
        Column("carbon_clause_count", pl.Int64, "碳条款数", "clauses in force on carbon", minimum=0),
        "CARBON_N",
    ),
    (
        Column("changed_clause_count", pl.Int64, "新增与修订条款数", "clauses new or changed", minimum=0),
        "CHANGED_N",
    ),
)
_CLAUSE_TEXTS = tuple(
    Field(
        _text(f"{dimension}_clauses", zh, f"clauses in force, dimension {dimension}"),
        "",
        access.CONTROL_UNIT_LISTS.full_name,
    )
    for dimension, zh in DIMENSIONS.items()
)
#: Names of the four texts in the platform database; they are in tables, not in shapefiles.
CLAUSE_TEXT_CODES = {f"{dimension}_clauses": code for dimension, code in _DIMENSION_FIELDS.items()}

CONTROL_UNITS = Layer(
    "control_units", "HJGKDY", "管控单元", "control units", "zoning.control_units", "control_unit_code",
    (
        *_fields(zoning.CONTROL_UNITS, (columns.CONTROL_UNIT_CODE, "HJZHGKDYBM"), (zoning.CONTROL_UNITS.column("control_unit_name"), "HJZHGKDYMC")),
        *_PLACE, *_COUNTY,
        *_fields(zoning.CONTROL_UNITS, (columns.CONTROL_CLASS, "ZHGKDYFL"), (columns.AREA_KM2, "AREA")),
        *_fields(
            zoning.CONTROL_UNIT_ZONES,
            *((_text(f"{e}_zone_code", f"主要{ELEMENT_BY_CODE[e].zh}分区编码", f"{e} zone with the largest share of the unit"), code) for e, code in _ZONE_FIELDS.items()),
        ),
        *_loads(baseline.CONTROL_UNIT_EMISSIONS), *_fields(_SCORES, *_SCORE_PAIRS), *_COUPLING, *_KEY, *_CLAUSES, *_CLAUSE_TEXTS, *_MARKS,
    ),
    styled_by="control_class",
)  # fmt: skip

DISTRICTS = Layer(
    "districts", "XZQ", "区县", "districts", "zoning.districts", "district_code",
    (
        *_COUNTY, *_PLACE, *_fields(zoning.DISTRICTS, (columns.AREA_KM2, "AREA")),
        *_loads(baseline.DISTRICT_EMISSIONS), *_fields(analysis.KEY_AREAS, (analysis.KEY_AREAS.column("apeq_t"), "APEQ_T")), *_KEY, *_MARKS,
    ),
)  # fmt: skip

GRID = Layer(
    "grid", "PFWG", "排放网格", "emission grid", "synergy.grid", "cell_id",
    (
        *_fields(synergy.GRID, (synergy.GRID.column("cell_id"), "CELL_ID"), (synergy.GRID.column("area_km2"), "AREA"), (synergy.GRID.column("co2_t"), "CO2_T"), (synergy.GRID.column("apeq_t"), "APEQ_T")),
        *_MARKS,
    ),
)  # fmt: skip


def zone_layer(element: str) -> Layer:
    """Return the layer of an element's zones; elements overlap, so each is a layer of its own."""
    zh = ELEMENT_BY_CODE[element].zh
    return Layer(
        f"zones_{element}", ELEMENT_CODES[element], f"{zh}分区", f"{element} zones", "zoning.zones", "zone_code",
        (
            *_fields(
                zoning.ZONES, (columns.ZONE_CODE, "HJYSGKFQBM"), (zoning.ZONES.column("zone_name"), "HJYSGKFQMC"), (columns.ELEMENT, "HJYS"),
                (columns.CONTROL_CLASS, "GKFL"), (zoning.ZONES.column("zone_type"), "YSXL"), (zoning.ZONES.column("zone_type_name"), "YSXLMC"),
            ),
            *_PLACE, *_COUNTY, *_fields(zoning.ZONES, (columns.AREA_KM2, "AREA")),
            *_loads(baseline.ZONE_EMISSIONS), *_fields(_ZONE_SCORES, *_SCORE_PAIRS), *_KEY, *_MARKS,
        ),
        styled_by="control_class",
    )  # fmt: skip
