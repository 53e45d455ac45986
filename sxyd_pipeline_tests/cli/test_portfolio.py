"""The portfolio asked again on a published database: answers, refusals, and reasons."""

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sxyd_pipeline.cli import portfolio
from sxyd_pipeline.cli.portfolio import UnreadableTargetError, read_targets
from sxyd_pipeline.io.database import reader
from sxyd_pipeline_tests.cli.program import Program
from sxyd_pipeline_tests.core.synergy.portfolio_frames import PLANT, options

CITY = "321100"


def frames() -> dict[str, pl.DataFrame]:
    key = {"city_code": pl.lit(CITY), "year": pl.lit(2035)}
    scenario = {"scenario_id": pl.lit("policy")}
    made = {name: pl.lit("x") for name in ("method_id", "formula_variant", "grade_scheme_id", "inputs_hash")}
    caps = pl.DataFrame({"indicator": ["permitted_nox_t", "co2_cap_t"]})
    return {
        "synergy.portfolio_options": options(PLANT).with_columns(**key, **scenario, **made),
        "synergy.measures": pl.DataFrame(
            {"measure_id": ["filter", "switch"], "measure_name": ["滤", "换"], "uptake_share": [1.0, 0.5]}
        ).with_columns(**key),
        "synergy.portfolio_targets": caps.with_columns(**key, **scenario),
        "projection.indicators": caps.with_columns(
            **key, **scenario, projected=pl.lit(1000.0), scope_type=pl.lit("city")
        ),
        "projection.permitted": caps.head(1).with_columns(
            **key, target=pl.lit(975.0), origin=pl.lit("given"), scope_type=pl.lit("city")
        ),
    }


@pytest.fixture
def asking(sxyd: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA synergy; CREATE SCHEMA projection")
        for name, frame in frames().items():
            connection.register("rows", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
            connection.unregister("rows")
    monkeypatch.setattr(portfolio, "open_published", lambda *_, **__: reader(path))
    return sxyd


def test_the_answer_is_the_one_of_the_release(asking: Program) -> None:
    shown = asking("portfolio", CITY, "--json")
    answer = json.loads(shown.out)
    assert shown.code == 0
    assert answer["annual_cost_cny"] == pytest.approx(50.0)
    assert [(t["indicator"], t["is_met"]) for t in answer["targets"]] == [("permitted_nox_t", True)]
    assert [m["measure_id"] for m in answer["measures"]] == ["filter"]


def test_other_targets_are_asked_beside_those_of_the_release(asking: Program) -> None:
    answer = json.loads(asking("portfolio", CITY, "--target", "co2_cap_t=920", "--json").out)
    assert {t["indicator"]: t["target"] for t in answer["targets"]} == {
        "permitted_nox_t": 975.0,
        "co2_cap_t": 920.0,
    }
    assert "switch" in {m["measure_id"] for m in answer["measures"]}


def test_the_screen_speaks_both_languages(asking: Program) -> None:
    zh, en = asking("portfolio", CITY), asking("portfolio", CITY, "--lang", "en")
    assert "最低年化成本" in zh.out
    assert "影子价格" in zh.out
    assert "least yearly cost" in en.out
    assert zh.code == en.code == 0


def test_an_impossible_target_is_explained(asking: Program) -> None:
    shown = asking("portfolio", CITY, "--target", "permitted_nox_t=900", "--lang", "en")
    assert shown.code == 1
    assert "permitted_nox_t needs 100 less, all measures give 60" in shown.err
    assert "Traceback" not in shown.err


def test_a_measure_left_out_is_not_used(asking: Program) -> None:
    answer = json.loads(
        asking("portfolio", CITY, "--without", "filter", "--target", "permitted_nox_t=990", "--json").out
    )
    assert {m["measure_id"] for m in answer["measures"]} == {"switch"}


@pytest.mark.parametrize(
    ("arguments", "listed"),
    [
        (("--without", "nothing"), "filter, switch"),
        (("--scenario", "dream"), "policy"),
        (("--year", "2030"), "2035"),
        (("--target", "permitted_joy_t=1"), "co2_cap_t"),
        (("--target", "permitted_nox_t"), "permitted_nox_t=12000"),
    ],
)
def test_wrong_names_end_with_2_and_the_valid_ones(
    asking: Program, arguments: tuple[str, ...], listed: str
) -> None:
    shown = asking("portfolio", CITY, *arguments)
    assert shown.code == 2
    assert listed in shown.err


def test_an_unknown_city_lists_the_published_ones(asking: Program) -> None:
    shown = asking("portfolio", "999999")
    assert shown.code == 2
    assert CITY in shown.err


@pytest.mark.parametrize("text", ["x", "=5", "a=", "a=b", "a=-1", "a=nan", "a=inf"])
def test_a_target_is_a_name_and_a_number(text: str) -> None:
    with pytest.raises(UnreadableTargetError):
        read_targets([text])


def test_thousands_may_be_separated() -> None:
    assert read_targets(["permitted_nox_t=12,000"]) == {"permitted_nox_t": 12000.0}
