"""Gates of the access list: each passes on a good list and names the row that breaks it."""

import inspect
from dataclasses import fields
from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.checks import access_clauses as gates
from sxyd_pipeline.core.access.inherit import list_control_units
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.resolve import prove_clauses
from sxyd_pipeline_tests.core.access.little_access import (
    CONFIG,
    PARK,
    drawn,
    facts,
    ground,
    rule_evidence,
    waivers,
)
from sxyd_pipeline_tests.core.access.reading import reference

KNOWN = facts()
BOOK = rule_evidence(KNOWN)
CLAUSES = drawn(KNOWN)
PROOF = prove_clauses(CLAUSES, BOOK, ground(KNOWN).names, reference(), CONFIG)
LISTS = list_control_units(CLAUSES, ground(KNOWN).bridge, metrics_of(reference().clause_metrics), waivers())


def absent(book: pl.DataFrame, **changed: Any) -> pl.DataFrame:
    wanted = set(inspect.signature(gates.evidence_not_in_release).parameters) - {"result"}
    tables = {field.name: getattr(KNOWN, field.name) for field in fields(KNOWN) if field.name in wanted}
    return gates.evidence_not_in_release(book, **{**tables, **changed})


def test_all_evidence_of_a_good_list_stands_in_the_release() -> None:
    assert absent(BOOK).is_empty()
    assert gates.proof_not_in_book(PROOF, BOOK).is_empty()
    assert gates.clauses_without_evidence(PROOF, CLAUSES).is_empty()


def test_evidence_whose_row_is_gone_is_named() -> None:
    left = KNOWN.permitted.filter(pl.col("scope_code") != PARK)
    found = absent(BOOK, permitted=left)
    assert set(found["table_name"]) == {"projection.permitted"}
    assert set(found["scope_code"]) == {PARK}


def test_evidence_whose_number_is_another_is_named() -> None:
    moved = KNOWN.control_unit_emissions.with_columns(
        pl.col("emission_t") + pl.when(pl.col("species") == "NOx").then(1.0).otherwise(0.0)
    )
    assert set(absent(BOOK, control_unit_emissions=moved)["name"]) == {"emission.nox"}


def test_evidence_of_a_table_nobody_knows_is_named() -> None:
    other = BOOK.with_columns(
        table_name=pl.when(pl.col("table_name") == "projection.permitted")
        .then(pl.lit("projection.hopes"))
        .otherwise("table_name")
    )
    assert set(absent(other)["table_name"]) == {"projection.hopes"}


def test_a_generated_clause_without_evidence_is_named() -> None:
    lost = CLAUSES.filter(pl.col("origin") == "generated")["clause_id"][0]
    assert gates.clauses_without_evidence(PROOF.filter(pl.col("clause_id") != lost), CLAUSES)[
        "clause_id"
    ].to_list() == [lost]


def test_a_proof_that_is_not_in_the_book_is_named() -> None:
    assert gates.proof_not_in_book(PROOF, BOOK.filter(pl.col("name") != "cap.co2_cap_t.near")).height > 0


def test_a_threshold_without_source_is_named() -> None:
    assert gates.limits_without_source(CLAUSES).is_empty()
    silent = CLAUSES.with_columns(
        threshold_source=pl.when(pl.col("rule_id") == "U-coal")
        .then(pl.lit(" "))
        .otherwise("threshold_source")
    )
    assert gates.limits_without_source(silent)["metric"].to_list() == ["coal_use_t"]


@pytest.mark.parametrize("dimension", ["space", "emission", "risk", "resource"])
def test_a_key_unit_without_a_clause_in_a_dimension_is_named(dimension: str) -> None:
    assert gates.key_units_without_dimension(LISTS, KNOWN.control_units).is_empty()
    inherited = ~pl.col("level").is_in(["zone_type", "control_unit"])
    hollow = LISTS.filter(
        (pl.col("control_unit_code") != PARK) | (pl.col("dimension") != dimension) | inherited
    )
    found = gates.key_units_without_dimension(hollow, KNOWN.control_units)
    assert found.select("control_unit_code", "dimension").rows() == [(PARK, dimension)]


def test_a_listed_clause_that_is_withdrawn_or_unknown_is_named() -> None:
    assert gates.clauses_not_listed(LISTS, CLAUSES).is_empty()
    first = LISTS["clause_id"][0]
    gone = CLAUSES.with_columns(
        state=pl.when(pl.col("clause_id") == first).then(pl.lit("withdrawn")).otherwise("state")
    )
    assert set(gates.clauses_not_listed(LISTS, gone)["clause_id"]) == {first}
