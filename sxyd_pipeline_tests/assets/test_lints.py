"""Each lint fires on a small bad package made for it, read as a run reads it, and on nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline.vocabulary.lints import ALL_LINTS
from sxyd_pipeline_tests.assets.stage import Stage
from sxyd_pipeline_tests.core.inputs.standardising import changed, reference
from sxyd_pipeline_tests.packages import (
    TINY_ADCODE,
    tiny_config,
    tiny_module_layers,
    tiny_module_tables,
    tiny_tables,
    write_tiny_city,
)

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Bad:
    """A package with one misuse: its other tables, the column to look at, and whether ecology is on."""

    tables: Tables
    column: str
    row: int
    ecology: bool = False


def lints_of(
    folder: Path, tables: Tables, *, ecology: bool = False, earlier_totals: float | None = None
) -> pl.DataFrame:
    """Read a tiny city and return ``quality.lints``."""
    layers = {"ecology": tiny_module_layers()["ecology"]} if ecology else {}
    modules = ("non_co2", "ecology") if ecology else ("non_co2",)
    write_tiny_city(folder, config=tiny_config(modules=modules), tables=tables, layers=layers)
    made = Stage(open_package(folder), earlier_totals).make("lints").table
    assert dict(made.schema) == TABLE_BY_ASSET["lints"].schema
    return pl.DataFrame(made)


def activity(row: int, **cells: str) -> Tables:
    return {"facility_activity": changed("facility_activity", row, **cells)}


def hidden_aggregate() -> str:
    """Carbon per GJ that makes 2.46 tCO2 per tce of bituminous coal."""
    coal = reference().fuels.filter(pl.col("fuel_code") == "bituminous_coal")
    return str(2.46 / (coal["oxidation_share"][0] * 29.3076 * 44 / 12))


def methane(gwp: str) -> Tables:
    plain = tiny_tables()["facility_emissions"].with_columns(gwp=pl.lit(None, dtype=pl.String))
    row = pl.DataFrame(
        [("F003", "2020", "CH4", "10", "t", "survey", gwp)], schema=plain.columns, orient="row"
    )
    return {"facility_emissions": pl.concat([plain, row])}


def gdp(expression: pl.Expr) -> Tables:
    """The economy with another price base of GDP."""
    is_gdp = pl.col("indicator") == "gdp"
    return {
        "economy": tiny_tables()["economy"].with_columns(
            price_base=pl.when(is_gdp).then(expression).otherwise("price_base")
        )
    }


def constant_gdp(**values: str) -> Tables:
    """The economy with GDP of the city in prices of 2015, in 10^8 CNY by year."""
    plain = tiny_tables()["economy"]
    rows = [("city", TINY_ADCODE, year[1:], "gdp", value, "亿元", "2015") for year, value in values.items()]
    return {"economy": pl.concat([plain, pl.DataFrame(rows, schema=plain.columns, orient="row")])}


def stated_intensity() -> Tables:
    """Energy per GDP of 2020, divided by nominal GDP (1000 x 10^8 CNY) although real GDP is 900."""
    economy = constant_gdp(y2019="890", y2020="900")["economy"]
    here = (
        (pl.col("scope_type") == "city") & (pl.col("indicator") == "gdp")
        & (pl.col("year") == "2020") & (pl.col("price_base") == "current")
    )  # fmt: skip
    cells = {"综合能源消费量": "5000000", "单位GDP能耗": "0.5"}
    return {"economy": economy.with_columns(pl.when(here).then(pl.lit(v)).alias(k) for k, v in cells.items())}


def energy(*rows: tuple[str, str, str]) -> Tables:
    """The energy balance with further rows of coal in 2020: sector, amount, unit."""
    plain = tiny_tables()["energy"]
    more = [("2020", sector, "bituminous_coal", amount, unit) for sector, amount, unit in rows]
    return {"energy": pl.concat([plain, pl.DataFrame(more, schema=plain.columns, orient="row")])}


def land(name: str, row: int, **cells: str) -> Tables:
    tables = tiny_module_tables()
    here = pl.int_range(pl.len()) == row
    kept = {column: pl.col(column) if column in tables[name].columns else pl.lit(None) for column in cells}
    spoilt = tables[name].with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(kept[column]).alias(column)
        for column, value in cells.items()
    )
    return {"land_use": tables["land_use"], "land_changes": tables["land_changes"], name: spoilt}


#: The misuse, the package made for it, and where in the package the finding must point.
BAD = {
    "physical_tonnes_by_tce": Bad(activity(1, ncv_gj_per_t="29.3076"), "ncv_gj_per_t", 3),
    "missing_44_12": Bad(activity(1, carbon_tc_per_gj="0.00714"), "carbon_tc_per_gj", 3),
    "carbon_co2_confused": Bad(activity(1, carbon_tc_per_gj="0.0960"), "carbon_tc_per_gj", 3),
    "aggregate_factor_mixed": Bad(activity(1, carbon_tc_per_gj=hidden_aggregate()), "carbon_tc_per_gj", 3),
    "grid_factor_year": Bad(activity(4, grid_factor="0.5978"), "factor", 6),
    "grid_factor_region": Bad(activity(4, 电网排放因子="0.5688"), "factor", 6),
    "grid_factor_kind": Bad(activity(4, grid_factor="0.8095"), "factor", 6),
    "grid_factor_unknown": Bad(activity(4, grid_factor="0.9999"), "factor", 6),
    "gwp_sets_mixed": Bad(methane("25"), "gwp", 5),
    "gwp_value_unknown": Bad(methane("99"), "gwp", 5),
    "price_base_unstated": Bad(gdp(pl.lit(None, dtype=pl.String)), "price_base", 2),
    "price_bases_mixed": Bad(
        gdp(pl.when(pl.col("year") > "2018").then(pl.lit("2015")).otherwise(pl.lit("current"))), "price_base", 26
    ),
    "constant_equals_current": Bad(constant_gdp(y2019="999", y2020="1000"), "value", 44),
    "deflator_jumps": Bad(constant_gdp(y2019="950", y2020="700"), "value", 45),
    "intensity_on_nominal_gdp": Bad(stated_intensity(), "intensity", 32),
    "coal_ratio_implausible": Bad(activity(1, ncv_gj_per_t="5"), "emission", 3),
    "tce_not_reconciled": Bad({"energy": changed("energy", 0, 折标煤="1100000")}, "tce", 2),
    "total_not_sum": Bad(energy(("合计", "2000", "kt")), "amount", 26),
    "balance_not_closed": Bad(
        energy(("可供量", "2000", "kt"), ("终端消费量", "1200", "kt"), ("平衡差额", "10", "kt")), "amount", 26
    ),
    "npp_used_as_sink": Bad(land("land_use", 3, flux_kind="npp"), "flux_tco2_per_ha", 5, ecology=True),
    "stock_not_reconciled": Bad(
        land("land_use", 0, density_tc_per_ha="100", 碳储量="15000"), "stock_tc", 2, ecology=True
    ),
    "transition_not_sum": Bad(land("land_changes", 1, area="14"), "from_class", 3, ecology=True),
}  # fmt: skip


@pytest.mark.parametrize("lint_id", BAD)
def test_a_lint_fires_on_the_package_made_for_it_and_names_the_row(lint_id: str, tmp_path: Path) -> None:
    bad = BAD[lint_id]
    found = lints_of(tmp_path, bad.tables, ecology=bad.ecology)
    mine = found.filter(pl.col("lint_id") == lint_id)
    assert bad.column in mine["column_name"].to_list(), found
    assert bad.row in mine["source_row"].to_list(), mine
    told = mine.select("message_zh", "message_en", "remedy_zh", "remedy_en")
    assert told.null_count().sum_horizontal().sum() == 0


@pytest.mark.parametrize("ecology", [False, True])
def test_every_lint_is_silent_on_a_good_package(ecology: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    tables = tiny_module_tables() if ecology else {}
    wanted = {name: tables[name] for name in ("land_use", "land_changes") if name in tables}
    assert lints_of(tmp_path, wanted, ecology=ecology, earlier_totals=1.2).is_empty()


def test_totals_a_thousand_times_those_of_the_last_release_are_found(tmp_path: Path) -> None:
    found = lints_of(tmp_path, {}, earlier_totals=1e-3)
    assert found["lint_id"].unique().to_list() == ["total_jumps"]
    assert (
        found.filter(pl.col("message_zh").str.contains("CO2"))["message_zh"]
        .str.contains("10 的 3 次幂")
        .any()
    )


def test_every_lint_has_a_package_of_its_own() -> None:
    assert set(BAD) | {"total_jumps"} == {lint.lint_id for lint in ALL_LINTS}
