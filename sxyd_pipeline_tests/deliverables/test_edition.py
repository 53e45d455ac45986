"""The edition: the same value from a run and from a release, with everything a cover needs."""

from dataclasses import replace

import polars as pl
import pytest

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.core.inputs.config import Publication
from sxyd_pipeline.deliverables.catalogue import BY_WORD, DELIVERABLES
from sxyd_pipeline.deliverables.edition import CLOCK, Edition, TooOldReleaseError
from sxyd_pipeline.deliverables.stage import edition_of
from sxyd_pipeline.io.published import prepare
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.workspace import find_workspace
from sxyd_pipeline_tests.conftest import EXAMPLE, FinishedDemo


def test_a_run_and_its_release_give_the_same_edition(finished_demo: FinishedDemo) -> None:
    ready = prepare(find_workspace(finished_demo.home), EXAMPLE)
    written = Edition.of(ReleaseFolder(finished_demo.release).read())
    gathered = edition_of(replace(ready, release_id=written.release_id))
    assert gathered.tables.keys() == written.tables.keys()
    assert replace(gathered, tables={}) == replace(written, tables={})
    for name, frame in written.tables.items():
        assert gathered.tables[name].equals(frame), name


def test_the_cover_knows_city_year_and_nature(example_edition: Edition) -> None:
    assert (example_edition.city_code, example_edition.city_name) == (EXAMPLE, "镇江市")
    assert example_edition.province == "江苏省"
    assert example_edition.base_year == 2020
    assert example_edition.horizons == (2025, 2035)
    assert "water" in example_edition.modules
    assert example_edition.is_example
    assert example_edition.gwp_set == "AR5"
    assert example_edition.release_id.startswith(f"{EXAMPLE}-2020-")


def test_no_table_carries_the_clock(example_edition: Edition) -> None:
    assert all(CLOCK not in frame.columns for frame in example_edition.tables.values())


def test_layers_lie_in_cgcs2000_and_tables_have_no_geometry(example_edition: Edition) -> None:
    layer = example_edition.layer("zoning.control_units")
    assert layer.crs.to_epsg() == 4490
    assert len(layer) == example_edition.table("zoning.control_units").height
    assert "geometry" not in example_edition.table("zoning.control_units").columns
    assert example_edition.has("zoning.control_units")
    assert not example_edition.has("zoning.nothing")
    with pytest.raises(KeyError):
        example_edition.table("zoning.nothing")


def test_what_the_city_left_out_is_said_to_be_left_out(example_edition: Edition) -> None:
    bare = replace(example_edition, publication=Publication(prepared_by="某院"))
    assert bare.imprint("zh")["编制单位"] == "某院"
    assert bare.imprint("zh")["审图号"] == "未填写审图号，不得公开"
    assert bare.imprint("en")["prepared on"] == "not stated"
    assert len(bare.imprint("en")) == len(bare.imprint("zh")) == 6


def test_a_release_without_the_words_of_a_cover_is_too_old(example_edition: Edition) -> None:
    row = example_edition.tables["meta.release"].with_columns(
        province=pl.lit(None, dtype=pl.String), created=pl.lit("x")
    )
    with pytest.raises(TooOldReleaseError, match="province"):
        Edition.of({RELEASE: row.select(list(RELEASE.schema))})


def test_every_deliverable_has_a_writer_and_a_word_of_its_own() -> None:
    assert {"result_data"} <= DELIVERABLES.keys()
    assert len(BY_WORD) == len(DELIVERABLES)
    assert all(callable(one.write) and one.zh and one.en for one in DELIVERABLES.values())


def test_every_table_of_an_edition_has_a_contract(example_edition: Edition) -> None:
    assert set(example_edition.tables) <= set(TABLE_BY_NAME)
