"""Read ``data/reference``: typed frames, each row checked, each fault named by file and row."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from sxyd_pipeline.core.inventory.factors import FACTOR_UNITS, SPECIES_GROUPS
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_CODES, ALL_ACTIVITIES, FUEL_CODES
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

CONFIDENCES = ("read", "computed", "recalled", "default")

#: The header is row 1 of a file as a spreadsheet shows it, so data start in row 2.
_FIRST_DATA_ROW = 2

_TEXT, _REAL, _WHOLE, _FLAG = pl.String, pl.Float64, pl.Int32, pl.Boolean


class BrokenReferenceError(SxydError):
    """A file of the reference data is missing, or a row of it breaks a rule."""

    def __init__(self, zh: str, en: str, place: Place) -> None:
        """Say what is wrong and where."""
        super().__init__(
            f"参考数据有误：{zh}",
            f"reference data broken: {en}",
            remedy_zh="改正该行后重试；数值请注明出处（cited_from）与可信度（confidence）",
            remedy_en="mend that row and try again; give each number its cited_from and confidence",
            place=place,
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """One file: columns with types, its key, and the columns that may be empty."""

    schema: dict[str, type[pl.DataType]]
    key: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule on rows: ``broken`` is true where a row breaks it."""

    frame: str
    column: str
    broken: pl.Expr
    zh: str
    en: str


def _texts(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _TEXT)


_CITED = _texts("cited_from confidence")
_FRAMES: dict[str, _Frame] = {
    "fuels": _Frame(
        {
            **_texts("fuel_code amount_unit"),
            **dict.fromkeys(
                (
                    "ncv_gj_per_unit",
                    "carbon_tc_per_gj",
                    "oxidation_share",
                    "sulfur_share",
                    "ash_share",
                    "fossil_carbon_share",
                    "co2_low_ratio",
                    "co2_high_ratio",
                ),
                _REAL,
            ),
            **_texts("cited_from page confidence"),
        },
        ("fuel_code",),
        ("sulfur_share", "ash_share", "page"),
    ),
    "emission_factors": _Frame(
        {
            **_texts("factor_id activity_code technology_code species method_id"),
            "value": _REAL,
            "unit": _TEXT,
            "low": _REAL,
            "high": _REAL,
            **_texts("applies_removal cited_from page confidence note"),
        },
        ("factor_id",),
        ("technology_code", "applies_removal", "page", "note"),
    ),
    "technologies": _Frame(
        {
            **_texts(
                "technology_code name_zh activity_codes pollutants_counted_with co2_counted_with "
                "base_technology"
            ),
            "has_limestone_fgd": _FLAG,
            "denitrification": _TEXT,
            **_CITED,
        },
        ("technology_code",),
        ("pollutants_counted_with", "co2_counted_with", "base_technology", "denitrification"),
    ),
    "gwp": _Frame(
        {**_texts("gwp_set gas species"), "value": _REAL, **_CITED}, ("gwp_set", "gas"), ("species",)
    ),
    "grid_factors": _Frame(
        {
            **_texts("factor_id region_code region_name"),
            "year": _WHOLE,
            "factor_kind": _TEXT,
            "value": _REAL,
            "unit": _TEXT,
            **_CITED,
        },
        ("factor_id",),
        ("year",),
    ),
    "pollution_equivalents": _Frame(
        {**_texts("species substance_zh"), "equivalent_value_kg": _REAL, **_CITED, "note": _TEXT},
        ("substance_zh",),
        ("species", "note"),
    ),
    "industries": _Frame(
        {"code": _TEXT, "level": _WHOLE, **_texts("name section division group"), **_CITED},
        ("code",),
        ("division", "group"),
    ),
    "adcodes": _Frame({**_texts("adcode name level vintage"), **_CITED}, ("adcode",)),
    "zone_types": _Frame(
        {**_texts("zone_type element"), "control_class": _WHOLE, **_texts("name_zh province"), **_CITED},
        ("zone_type", "province"),
        ("province",),
    ),
    "activity_ranges": _Frame(
        {**_texts("table_name method"), "low_ratio": _REAL, "high_ratio": _REAL, **_CITED},
        ("table_name", "method"),
    ),
    "methods": _Frame({**_texts("method_id name_zh name_en formula"), **_CITED}, ("method_id",)),
    "counting_gates": _Frame(
        {
            **_texts("gate_id activity_codes technology_codes species_group scope when_activity_codes"),
            **_texts("when_technology_codes why_zh why_en"),
            **_CITED,
        },
        ("gate_id",),
        ("activity_codes", "technology_codes", "when_technology_codes"),
    ),
}


def _outside_shares(column: str) -> pl.Expr:
    return ~pl.col(column).is_between(0.0, 1.0)


def _unknown(column: str, allowed: tuple[str, ...]) -> pl.Expr:
    return ~pl.col(column).is_in(list(allowed))


def _any_unknown(column: str, allowed: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).str.split(";").list.set_difference(pl.lit(list(allowed))).list.len() > 0


_KNOWN = ("代码不在词汇表中", "the code is not in the vocabulary")
_RANGE = (
    "要求 0 ≤ 下限 ≤ 值 ≤ 上限，且值为正时下限为正",
    "0 <= low <= value <= high must hold, low positive with the value",
)
_SHARE = ("比例应在 0 与 1 之间", "a share must lie between 0 and 1")
_POSITIVE = ("应为正数", "must be positive")

_RULES = (
    _Rule("fuels", "fuel_code", _unknown("fuel_code", FUEL_CODES), *_KNOWN),
    _Rule(
        "fuels",
        "amount_unit",
        _unknown("amount_unit", ("t", "10^4 m3")),
        "单位应为 t 或 10^4 m3",
        "the unit must be t or 10^4 m3",
    ),
    *(
        _Rule("fuels", name, _outside_shares(name), *_SHARE)
        for name in ("oxidation_share", "sulfur_share", "ash_share", "fossil_carbon_share")
    ),
    *(
        _Rule("fuels", name, pl.col(name) <= 0, *_POSITIVE)
        for name in ("ncv_gj_per_unit", "carbon_tc_per_gj")
    ),
    _Rule(
        "fuels",
        "co2_low_ratio",
        ~((pl.col("co2_low_ratio") > 0) & (pl.col("co2_low_ratio") <= 1) & (pl.col("co2_high_ratio") >= 1)),
        *_RANGE,
    ),
    _Rule("emission_factors", "activity_code", _unknown("activity_code", ACTIVITY_CODES), *_KNOWN),
    _Rule("emission_factors", "species", _unknown("species", SPECIES_CODES), *_KNOWN),
    _Rule(
        "emission_factors",
        "unit",
        _unknown("unit", tuple(FACTOR_UNITS)),
        "因子单位无法识别",
        "the unit of the factor is not known",
    ),
    _Rule(
        "emission_factors",
        "applies_removal",
        _unknown("applies_removal", ("so2", "nox", "pm", "vocs")),
        *_KNOWN,
    ),
    _Rule(
        "emission_factors",
        "value",
        ~((pl.col("low") >= 0) & (pl.col("low") <= pl.col("value")) & (pl.col("value") <= pl.col("high")))
        | ((pl.col("value") > 0) & (pl.col("low") <= 0)),
        *_RANGE,
    ),
    _Rule("technologies", "activity_codes", _any_unknown("activity_codes", ACTIVITY_CODES), *_KNOWN),
    _Rule("technologies", "denitrification", _unknown("denitrification", ("scr", "sncr")), *_KNOWN),
    _Rule("gwp", "value", pl.col("value") <= 0, *_POSITIVE),
    _Rule("gwp", "species", _unknown("species", SPECIES_CODES), *_KNOWN),
    _Rule("grid_factors", "value", pl.col("value") <= 0, *_POSITIVE),
    _Rule("pollution_equivalents", "equivalent_value_kg", pl.col("equivalent_value_kg") <= 0, *_POSITIVE),
    _Rule("pollution_equivalents", "species", _unknown("species", SPECIES_CODES), *_KNOWN),
    _Rule(
        "industries", "level", ~pl.col("level").is_between(1, 4), "层级应为 1–4", "the level must be 1 to 4"
    ),
    _Rule(
        "adcodes",
        "adcode",
        ~pl.col("adcode").str.contains(r"^\d{6}$"),
        "区划代码应为 6 位数字",
        "an area code has six digits",
    ),
    _Rule(
        "zone_types",
        "zone_type",
        ~pl.col("zone_type").str.contains(r"^\d{3,4}$"),
        "细类应为 3–4 位数字",
        "a zone type has three or four digits",
    ),
    _Rule("zone_types", "element", _unknown("element", tuple(ELEMENT_BY_CODE)), *_KNOWN),
    _Rule(
        "zone_types",
        "control_class",
        pl.col("zone_type").str.head(1) != pl.col("control_class").cast(_TEXT),
        "类别与细类首位不一致",
        "the class contradicts the first digit of the type",
    ),
    _Rule(
        "activity_ranges",
        "low_ratio",
        ~((pl.col("low_ratio") > 0) & (pl.col("low_ratio") <= 1) & (pl.col("high_ratio") >= 1)),
        *_RANGE,
    ),
    _Rule("counting_gates", "activity_codes", _any_unknown("activity_codes", ACTIVITY_CODES), *_KNOWN),
    _Rule(
        "counting_gates", "when_activity_codes", _any_unknown("when_activity_codes", ACTIVITY_CODES), *_KNOWN
    ),
    _Rule("counting_gates", "species_group", _unknown("species_group", SPECIES_GROUPS), *_KNOWN),
    _Rule("counting_gates", "scope", _unknown("scope", ("owner", "city")), *_KNOWN),
)


def load_reference(folder: Path) -> Reference:
    """Read and check all tables of reference data.

    Args:
        folder: folder with one CSV (UTF-8) per frame of :class:`Reference`.

    Returns:
        Typed frames; the same object again while no file changes.

    Raises:
        BrokenReferenceError: a file is missing, a column is missing, a value has the wrong type, a
            key occurs twice, a code is not known, or a range does not hold; names file and row.
    """
    stamps = []
    for name in _FRAMES:
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise BrokenReferenceError("缺少文件", "the file is missing", Place(file=path.name))
        stat = path.stat()
        stamps.append((stat.st_mtime_ns, stat.st_size))
    return _load(folder, tuple(stamps))


@lru_cache(maxsize=4)
def _load(folder: Path, stamps: tuple[tuple[int, int], ...]) -> Reference:  # noqa: ARG001 - the stamps are the cache key
    frames = {name: _read(folder / f"{name}.csv", declared) for name, declared in _FRAMES.items()}
    for rule in _RULES:
        _hold(frames[rule.frame], rule)
    for check in (_check_links, _check_factor_choice, _check_particles, _check_gwp, _check_coverage):
        check(frames)
    return Reference(**frames)


def _read(path: Path, declared: _Frame) -> pl.DataFrame:
    try:
        raw = pl.read_csv(path, infer_schema=False, encoding="utf8", null_values=[""])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BrokenReferenceError(
            f"无法读取（{error}）", f"cannot be read ({error})", Place(file=path.name)
        ) from error
    missing = [name for name in declared.schema if name not in raw.columns]
    if missing:
        raise BrokenReferenceError(
            "缺少列", "a column is missing", Place(file=path.name, row=1, column=missing[0])
        )
    typed = raw.select(
        (pl.col(name) == "true").alias(name) if dtype is _FLAG else pl.col(name).cast(dtype, strict=False)
        for name, dtype in declared.schema.items()
    )
    for name, dtype in declared.schema.items():
        allowed = ("true", "false") if dtype is _FLAG else None
        wrong = (
            (~raw[name].is_in(list(allowed)))
            if allowed
            else (typed[name].is_null() & raw[name].is_not_null())
        )
        _raise_first(raw, path.name, name, wrong, "值的类型不对", "the value has the wrong type")
        if name not in declared.optional:
            _raise_first(raw, path.name, name, raw[name].is_null(), "不能为空", "must not be empty")
    if "confidence" in declared.schema:
        wrong = ~raw["confidence"].is_in(list(CONFIDENCES))
        _raise_first(
            raw,
            path.name,
            "confidence",
            wrong,
            "可信度须为 read、computed、recalled 或 default",
            "confidence must be read, computed, recalled or default",
        )
    repeated = typed.select(
        pl.struct(declared.key).is_duplicated() & pl.struct(declared.key).is_first_distinct().not_()
    ).to_series()
    _raise_first(raw, path.name, declared.key[0], repeated, "主键重复", "the key occurs twice")
    return typed


def _raise_first(rows: pl.DataFrame, file: str, column: str, broken: pl.Series, zh: str, en: str) -> None:
    position = broken.arg_true()
    if len(position):
        row = int(position[0])
        value = "" if rows[column][row] is None else str(rows[column][row])
        raise BrokenReferenceError(
            zh, en, Place(file=file, row=row + _FIRST_DATA_ROW, column=column, value=value)
        )


def _hold(frame: pl.DataFrame, rule: _Rule) -> None:
    # An empty optional cell is judged by nobody, so null counts as unbroken.
    broken = frame.select(rule.broken.fill_null(value=False)).to_series()
    _raise_first(frame, f"{rule.frame}.csv", rule.column, broken, rule.zh, rule.en)


def _check_links(frames: dict[str, pl.DataFrame]) -> None:
    """Codes that point to another table must be found there."""
    technologies = tuple(frames["technologies"]["technology_code"])
    # Rows of denitrification and of limestone are looked up by device, not by technology.
    devices = ("scr", "sncr", "has_limestone_fgd")
    for frame, column, allowed in (
        ("emission_factors", "method_id", tuple(frames["methods"]["method_id"])),
        ("emission_factors", "technology_code", (*technologies, *devices)),
        ("technologies", "base_technology", technologies),
    ):
        _hold(frames[frame], _Rule(frame, column, _unknown(column, allowed), *_KNOWN))
    for column in ("technology_codes", "when_technology_codes"):
        _hold(
            frames["counting_gates"],
            _Rule("counting_gates", column, _any_unknown(column, technologies), *_KNOWN),
        )


def _check_factor_choice(frames: dict[str, pl.DataFrame]) -> None:
    """Two factors must never compete for one activity, technology and species."""
    factors = frames["emission_factors"]
    repeated = factors.select(
        pl.struct(
            "activity_code", "technology_code", "species", pl.col("method_id") == "denitrification_slip"
        )
        .is_first_distinct()
        .not_()
    ).to_series()
    _raise_first(
        factors,
        "emission_factors.csv",
        "factor_id",
        repeated,
        "同一活动、技术与物种有两个因子",
        "two factors for one activity, technology and species",
    )


def _check_particles(frames: dict[str, pl.DataFrame]) -> None:
    """PM10 includes PM2.5, and PM2.5 includes BC and OC."""
    factors = frames["emission_factors"]
    keys = ["activity_code", "technology_code"]

    def of(species: str) -> pl.DataFrame:
        return factors.filter(pl.col("species") == species).select(
            *keys, "method_id", "unit", pl.col("value").alias(species)
        )

    coarse = (
        of("PM10")
        .join(of("PM2.5"), on=[*keys, "method_id", "unit"], nulls_equal=True)
        .filter(pl.col("PM2.5") > pl.col("PM10"))
    )
    carbon = (
        of("BC")
        .join(of("OC"), on=[*keys, "method_id", "unit"], nulls_equal=True)
        .filter(pl.col("BC") + pl.col("OC") > 1.0)
    )
    explain: tuple[tuple[pl.DataFrame, str, str, str], ...] = (
        (coarse, "PM2.5", "PM2.5 因子大于 PM10 因子", "the PM2.5 factor exceeds the PM10 factor"),
        (carbon, "BC", "BC 与 OC 占比之和大于 1", "the shares of BC and OC exceed one"),
    )
    for rows, species, zh, en in explain:
        found = factors.join(rows, on=keys, how="semi", nulls_equal=True).filter(pl.col("species") == species)
        broken = factors["factor_id"].is_in(found["factor_id"].to_list())
        _raise_first(factors, "emission_factors.csv", "factor_id", broken, zh, en)


def _check_gwp(frames: dict[str, pl.DataFrame]) -> None:
    """Within one set, one gas stands for a species."""
    gwp = frames["gwp"]
    repeated = gwp.select(
        pl.col("species").is_not_null() & pl.struct("gwp_set", "species").is_first_distinct().not_()
    ).to_series()
    _raise_first(
        gwp, "gwp.csv", "species", repeated, "同一套 GWP 中物种重复", "the species occurs twice in one set"
    )


def _check_coverage(frames: dict[str, pl.DataFrame]) -> None:
    """Every activity that emits has a factor for any technology."""
    rows = frames["emission_factors"].filter(pl.col("technology_code").is_null())
    covered = set(rows["activity_code"])
    for activity in ALL_ACTIVITIES:
        if activity.kind != "energy_carrier" and activity.code not in covered:
            raise BrokenReferenceError(
                "该活动没有通用因子",
                "the activity has no general factor",
                Place(file="emission_factors.csv", column="activity_code", value=activity.code),
            )
    for fuel in FUEL_CODES:
        if fuel not in set(frames["fuels"]["fuel_code"]):
            raise BrokenReferenceError(
                "缺少该燃料的参数",
                "the fuel has no parameters",
                Place(file="fuels.csv", column="fuel_code", value=fuel),
            )
