"""The access list in force and the city's own abatement measures."""

import json

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.headers import fold_header
from sxyd_pipeline.core.inputs.parse import clean_text, look_up, spelled, to_number, to_share
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.sifting import (
    Check,
    Sifting,
    number_checks,
    read_numbers,
    repeated,
    required_checks,
    start_sifting,
)
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.vocabulary.elements import DIMENSIONS
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

_LEVELS = {
    **dict.fromkeys(("overall", "总体", "总体清单", "全市", "总体准入清单"), "overall"),
    **dict.fromkeys(("control_unit", "单元", "管控单元", "单元清单"), "control_unit"),
}  # fmt: skip
_DIMENSIONS = {
    **{code: code for code in DIMENSIONS},
    **{name: code for code, name in DIMENSIONS.items()},
    # Names of the lists before the pilot added carbon.
    "污染物排放管控": "emission", "资源开发效率要求": "resource", "资源开发利用效率": "resource",
    "资源开发利用要求": "resource", "空间布局": "space", "环境风险": "risk", "资源利用效率要求": "resource",
    # Names of provinces (广东, 浙江) and field names of platforms; ``dimension_aliases`` has their sources.
    "区域布局管控": "space", "能源资源利用": "resource", "空间布局引导": "space", "环境风险管控": "risk",
    "资源开发效率": "resource", "KJBJYS": "space", "PWWPFGK": "emission", "HJFXFK": "risk",
    "ZYKFXLYQ": "resource",
}  # fmt: skip
_MEASURE_NUMBERS = (
    "uptake_2025_share", "uptake_2035_share", "energy_penalty_share", "capex_cny", "opex_cny_per_year",
    "saving_cny_per_year", "lifetime_years",
)  # fmt: skip
#: Headers of the effect of a measure on one species: a share, or tonnes per unit of its activity.
_EFFECT_KINDS = ("share", "t_per_unit")


def standardise_access_list(raw: RawTable, config: CityConfig) -> Outcome:
    """Standardise today's clauses; one row per clause.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = start_sifting(raw)
    read = read_numbers(started, ("threshold",)).add(
        level_standard=look_up(started.rows, "level", spelled(_LEVELS)),
        dimension_standard=look_up(started.rows, "dimension", spelled(_DIMENSIONS)),
    )
    checked = read.sift([
        *required_checks(read),
        Check("unknown_code", "level", pl.col("level_standard").is_null()),
        Check("unknown_code", "dimension", pl.col("dimension_standard").is_null()),
        *number_checks(read, ("threshold",)),
    ])  # fmt: skip
    return checked.sift([Check("duplicate_key", "clause_id", repeated("clause_id"))]).outcome(config)


def standardise_waivers(raw: RawTable, config: CityConfig) -> Outcome:
    """Standardise waivers of relaxations; one row per clause and the clause it relaxes.

    A waiver without author, reason or date is set aside, so it waives nothing.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = start_sifting(raw)
    # Spreadsheets write a date with slashes or dots, and a time behind it.
    day = pl.col("waived_on").str.replace_all(r"[/.年月]", "-").str.replace(r"日.*$|[ T].*$", "")
    read = started.add(
        waived_on_standard=started.rows.select(day.str.to_date(strict=False).cast(pl.String)).to_series()
    )
    checked = read.sift([
        *required_checks(read),
        Check("value_out_of_range", "waived_on", pl.col("waived_on_standard").is_null()),
    ])  # fmt: skip
    return checked.sift([
        Check("duplicate_key", "clause_id", repeated("clause_id", "parent_clause_id"))
    ]).outcome(config)  # fmt: skip


def standardise_measures(raw: RawTable, config: CityConfig) -> Outcome:
    """Standardise the city's measures; one row per measure.

    Effects come as a column ``effects`` (JSON), or as columns ``effect_<species>_share`` (share of the
    emission that is avoided) and ``effect_<species>_t_per_unit``; they are stored as
    ``{"SO2": {"share": 0.5}}``.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = start_sifting(raw)
    numbers = read_numbers(started, _MEASURE_NUMBERS)
    columns = _effect_columns(started)
    effects = numbers.with_rows(
        numbers.rows.join(_read_effects(started, columns), on="_row", how="left", maintain_order="left")
    ).add(start_year_standard=to_number(numbers.rows["start_year"]))
    start = pl.col("start_year_standard")
    is_year = (start.is_between(1990, 2100) & (start == start.floor())).fill_null(value=False)
    checked = effects.sift([
        *required_checks(started),
        Check("not_a_year", "start_year", pl.col("start_year").is_not_null() & ~is_year),
        *number_checks(started, _MEASURE_NUMBERS),
        Check("unknown_code", "effects", pl.col("effects").is_not_null() & ~pl.col("_is_json")),
        Check("not_a_number", "effects", pl.col("_bad_effect").is_not_null(), pl.col("_bad_effect")),
    ])  # fmt: skip
    return checked.sift([Check("duplicate_key", "measure_id", repeated("measure_id"))]).outcome(config)


def _effect_columns(started: Sifting) -> dict[str, tuple[str, str]]:
    """Return header -> (species, kind) for the effect columns of the file."""
    wanted = {
        fold_header(f"effect_{species}_{kind}"): (species, kind)
        for species in SPECIES_CODES
        for kind in _EFFECT_KINDS
    }
    return {
        header: wanted[fold_header(header)]
        for header in started.header.extra
        if fold_header(header) in wanted
    }


def _read_effects(started: Sifting, columns: dict[str, tuple[str, str]]) -> pl.DataFrame:
    """Gather the effects of each row as JSON; a measure list has dozens of rows."""
    rows = []
    cells = started.raw.select("_row", *(clean_text(pl.col(header)).alias(header) for header in columns))
    numbers = cells.with_columns(
        (to_share if kind == "share" else to_number)(cells[header]) for header, (_, kind) in columns.items()
    )
    stated = started.rows.get_column("effects").to_list()
    for text, cell, number in zip(stated, cells.to_dicts(), numbers.to_dicts(), strict=True):
        effects: dict[str, dict[str, float]] = {}
        bad = None
        for header, (species, kind) in columns.items():
            if number[header] is not None:
                effects.setdefault(species, {})[kind] = number[header]
            elif cell[header] is not None:
                bad = f"{header}={cell[header]}"
        merged = text if text is not None else (json.dumps(effects, sort_keys=True) if effects else None)
        rows.append((cell["_row"], merged, _is_object(text), bad))
    schema = {
        "_row": pl.UInt32, "effects_standard": pl.String, "_is_json": pl.Boolean, "_bad_effect": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _is_object(text: str | None) -> bool:
    if text is None:
        return False
    try:
        return isinstance(json.loads(text), dict)
    except json.JSONDecodeError:
        return False
