"""The page of clause rules names everything a rule may say."""

from pathlib import Path

import pytest

from sxyd_pipeline.core.access.rules import FOR_EACH, NAMES
from sxyd_pipeline.core.access.rules_language import FUNCTIONS, compile_expression
from sxyd_pipeline.io.reference_rules_access import FRAMES

PAGE = (Path(__file__).parents[2] / "docs" / "clause-rules.md").read_text("utf-8")


@pytest.mark.parametrize("name", [*NAMES, *FOR_EACH])
def test_every_name_of_evidence_and_every_kind_of_scope_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_function_and_every_column_is_explained() -> None:
    assert [name for name in FUNCTIONS if name not in PAGE] == []
    told = PAGE.replace("reason_*", "reason_zh reason_en").replace("goes_away_*", "goes_away_zh goes_away_en")
    assert [column for column in FRAMES["clause_rules"].schema if column not in told] == []


def test_the_worked_number_of_the_page_holds() -> None:
    assert "`floor_to(20000 * (1 - 0.05), 4)` = 19000 t" in PAGE
    assert compile_expression("floor_to(20000 * (1 - 0.05), 4)").value({}) == 19000.0
