"""Ids of generated clauses follow from rule, scope and object alone."""

from sxyd_pipeline.core.access.ids import clause_id_of


def test_the_same_rule_scope_and_object_give_the_same_id_for_ever() -> None:
    # The id is printed in lists that are in force: it must never change with the program.
    assert clause_id_of("U-cap-nox", "control_unit", "ZH32110220001") == "GC1F81DA025"


def test_another_rule_scope_or_object_gives_another_id() -> None:
    ids = {
        clause_id_of("U-cap-nox", "control_unit", "ZH32110220001"),
        clause_id_of("U-cap-so2", "control_unit", "ZH32110220001"),
        clause_id_of("U-cap-nox", "control_unit", "ZH32110220002"),
        clause_id_of("U-cap-nox", "zone_type", "ZH32110220001"),
        clause_id_of("U-cap-nox", "control_unit", "ZH32110220001", "3120"),
        clause_id_of("U-cap-nox", "control_unit", "ZH321102200013", "120"),
    }
    assert len(ids) == 6
