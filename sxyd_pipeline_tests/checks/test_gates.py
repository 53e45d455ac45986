"""Audit before store: what a gate stops never replaces the last good shard."""

from pathlib import Path

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.gates import FAILURES
from sxyd_pipeline.core.outcome import Outcome, finding, findings_frame
from sxyd_pipeline.definitions import defs
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.lake import ShardStore
from sxyd_pipeline_tests.checks.small import AMOUNTS, SQUARES, amounts_frame, run, squares_frame


class TooWetError(SxydError):
    """A made-up rule."""

    def __init__(self) -> None:
        super().__init__(
            "太湿", "too wet", remedy_zh="晾干", remedy_en="dry it", place=Place(file="a.csv", row=3)
        )


def good() -> pl.DataFrame:
    """Two good rows."""
    return amounts_frame()


def test_a_good_result_is_stored_with_its_checks(tmp_path: Path) -> None:
    result, told = run(tmp_path, (_named("amounts", good), AMOUNTS))
    assert result.success
    assert told == [("amounts", "started"), ("amounts", "done")]
    store = ShardStore(tmp_path)
    assert store.load_table("amounts", "321100").equals(amounts_frame())
    checks = store.load_checks("amounts", "321100")
    assert checks["passed"].all()
    assert checks["strength"].unique().to_list() == ["contract"]


def test_a_bad_result_leaves_the_last_shard_untouched_and_shows_the_rows(tmp_path: Path) -> None:
    run(tmp_path, (_named("amounts", good), AMOUNTS))
    before = ShardStore(tmp_path).need("amounts", "321100")

    def bad() -> pl.DataFrame:
        """One negative emission."""
        return amounts_frame(emission_t=[1.0, -2.0])

    result, told = run(tmp_path, (_named("amounts", bad), AMOUNTS))
    assert not result.success
    assert told[-1] == ("amounts", "blocked")
    after = ShardStore(tmp_path).need("amounts", "321100")
    assert after == before
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert [(check.check_name, check.blocking, check.partition) for check in failed] == [
        ("values_as_declared", True, "321100")
    ]
    assert "| b2 | -2 |" in str(failed[0].metadata["values_within_bounds"].value)
    block = ShardStore(tmp_path).blocks("321100")["amounts"]["failures"][0]
    assert block["rule"] == "values_within_bounds"
    assert block["rows"] == 1


def test_a_block_is_forgotten_once_the_data_are_mended(tmp_path: Path) -> None:
    def bad() -> pl.DataFrame:
        """No rows."""
        return amounts_frame().clear()

    run(tmp_path, (_named("amounts", bad), AMOUNTS))
    assert "amounts" in ShardStore(tmp_path).blocks("321100")
    run(tmp_path, (_named("amounts", good), AMOUNTS))
    assert ShardStore(tmp_path).blocks("321100") == {}


def test_an_error_of_the_product_stops_the_step_with_its_message(tmp_path: Path) -> None:
    def wet() -> pl.DataFrame:
        """Too wet."""
        raise TooWetError

    result, _ = run(tmp_path, (_named("amounts", wet), AMOUNTS))
    data = result.get_step_failure_events()[0].step_failure_data
    failure = data.user_failure_data.metadata[FAILURES].value[0]
    assert failure["rule"] == "TooWetError"
    assert "a.csv" in failure["message_zh"]
    assert failure["remedy_en"] == "dry it"
    assert data.error.cause is None
    assert ShardStore(tmp_path).blocks("321100")["amounts"]["failures"][0]["message_en"].startswith("too wet")


def test_what_depends_on_a_blocked_step_is_not_tried(tmp_path: Path) -> None:
    def bad() -> pl.DataFrame:
        """A species nobody knows."""
        return amounts_frame(species=["SO2", "XYZ"])

    def squares(amounts: pl.DataFrame) -> gpd.GeoDataFrame:
        """Never reached."""
        return squares_frame().iloc[: amounts.height]

    _, told = run(tmp_path, (_named("amounts", bad), AMOUNTS), (squares, SQUARES))
    assert {asset for asset, _ in told} == {"amounts"}


def test_parents_come_in_the_form_the_parameter_asks_for(tmp_path: Path) -> None:
    seen: list[object] = []

    def squares(amounts: Outcome) -> gpd.GeoDataFrame:
        """All parts of the parent."""
        seen.append(amounts)
        return squares_frame()

    def again(squares: pl.DataFrame) -> pl.DataFrame:
        """The layer without its geometry."""
        seen.append(squares)
        return amounts_frame()

    result, _ = run(
        tmp_path,
        (_named("amounts", good), AMOUNTS), (squares, SQUARES), (_named("again", again), _renamed("again")),
    )  # fmt: skip
    assert result.success
    assert isinstance(seen[0], Outcome)
    assert isinstance(seen[1], pl.DataFrame)
    assert seen[1].columns == ["city_code", "code"]


def test_a_finding_of_strength_block_stops_the_city(tmp_path: Path) -> None:
    def blocked() -> Outcome:
        """A wrong code."""
        rows = [finding("bad_code_grammar", "zones", source_file="zones.gpkg", source_row=1, value="ZH1")]
        return Outcome(amounts_frame(), findings=findings_frame(rows))

    result, _ = run(tmp_path, (_named("amounts", blocked), AMOUNTS))
    failed = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
    assert failed == ["ledgers_balance"]


def test_the_ui_gets_columns_counts_preview_and_a_map(tmp_path: Path) -> None:
    def squares() -> gpd.GeoDataFrame:
        """Two squares."""
        return squares_frame()

    result, _ = run(tmp_path, (squares, SQUARES))
    metadata = result.asset_materializations_for_node("squares")[0].metadata
    assert metadata["dagster/row_count"].value == 2
    assert "| code |" in metadata["preview"].value.replace("city_code | ", "")
    picture = metadata["map"].value
    assert picture.startswith("![方格](data:image/png;base64,")
    assert len(picture) < 200_000


def test_the_same_rows_give_the_same_data_version(tmp_path: Path) -> None:
    versions = []
    for _ in range(2):
        result, _ = run(tmp_path, (_named("amounts", good), AMOUNTS))
        event = result.asset_materializations_for_node("amounts")[0]
        versions.append(event.tags["dagster/data_version"])
    assert versions[0] == versions[1]
    assert len([path for path in (tmp_path / "amounts" / "321100").iterdir() if path.is_dir()]) == 1


def _named(name: str, function: object) -> object:
    function.__name__ = name  # type: ignore[attr-defined] - a plain function
    return function


def _renamed(asset: str) -> object:
    return AMOUNTS.__class__(
        group="inputs", name=asset, asset=asset, label="再次", english="again", grain="code", key=("code",),
        columns=AMOUNTS.columns,
    )  # fmt: skip


def test_a_gated_asset_says_its_group_contract_and_condition() -> None:
    spec = defs.resolve_asset_graph().get(dg.AssetKey("source_emissions"))
    assert spec.group_name == "inventory"
    assert spec.partitions_def.name == "city"
    assert spec.automation_condition is not None
    names = [column.name for column in spec.metadata["dagster/column_schema"].columns]
    assert names[:3] == ["city_code", "source_id", "source_kind"]
