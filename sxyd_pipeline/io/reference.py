"""Read ``data/reference``: typed frames, each row checked, each fault named by file and row."""

from functools import lru_cache
from pathlib import Path

import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io import reference_rules_access as access
from sxyd_pipeline.io import reference_rules_delivery as delivery
from sxyd_pipeline.io import reference_rules_modules as modules
from sxyd_pipeline.io.reference_rules import FRAMES, KNOWN, RULES, FrameRule, RowRule, any_unknown, unknown
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES, FUEL_CODES

CONFIDENCES = ("read", "computed", "recalled", "default")

#: The header is row 1 of a file as a spreadsheet shows it, so data start in row 2.
_FIRST_DATA_ROW = 2


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
    for name in (*FRAMES, *modules.FRAMES, *access.FRAMES, *delivery.FRAMES):
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise BrokenReferenceError("缺少文件", "the file is missing", Place(file=path.name))
        stat = path.stat()
        stamps.append((stat.st_mtime_ns, stat.st_size))
    return _load(folder, tuple(stamps))


@lru_cache(maxsize=4)
def _load(folder: Path, stamps: tuple[tuple[int, int], ...]) -> Reference:  # noqa: ARG001 - the stamps are the cache key
    declared = {**FRAMES, **modules.FRAMES, **access.FRAMES, **delivery.FRAMES}
    frames = {name: _read(folder / f"{name}.csv", rule) for name, rule in declared.items()}
    for rule in (*RULES, *modules.RULES, *access.RULES, *delivery.RULES):
        _hold(frames[rule.frame], rule)
    for check in (_check_links, _check_factor_choice, _check_particles, _check_gwp, _check_coverage):
        check(frames)
    return Reference(**frames)


def _read(path: Path, declared: FrameRule) -> pl.DataFrame:
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
        (pl.col(name) == "true").alias(name)
        if dtype is pl.Boolean
        else pl.col(name).cast(dtype, strict=False)
        for name, dtype in declared.schema.items()
    )
    for name, dtype in declared.schema.items():
        allowed = ("true", "false") if dtype is pl.Boolean else None
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


def _hold(frame: pl.DataFrame, rule: RowRule) -> None:
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
        ("measure_effects", "measure_id", tuple(frames["measures"]["measure_id"])),
    ):
        _hold(frames[frame], RowRule(frame, column, unknown(column, allowed), *KNOWN))
    for column in ("technology_codes", "when_technology_codes"):
        _hold(
            frames["counting_gates"],
            RowRule("counting_gates", column, any_unknown(column, technologies), *KNOWN),
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
        .join(of("PM2.5"), on=[*keys, "method_id", "unit"], nulls_equal=True, maintain_order="left")
        .filter(pl.col("PM2.5") > pl.col("PM10"))
    )
    carbon = (
        of("BC")
        .join(of("OC"), on=[*keys, "method_id", "unit"], nulls_equal=True, maintain_order="left")
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
