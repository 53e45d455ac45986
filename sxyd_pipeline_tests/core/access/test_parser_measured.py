"""How well clauses are understood: precision and recall on hand-labelled clauses, as the docs print them."""

import pytest

from sxyd_pipeline_tests.core.access.reading import FIELDS, ROOT, labelled, precision_and_recall

PAGE = ROOT / "docs" / "methods" / "access-list.md"
PARTS = ("developed_on", "seen_after_first_reading", "held_out")
#: Lowest precision and recall that may be handed in, per part and field.
FLOORS = {
    "developed_on": {"verb": (0.95, 0.95), "industry": (0.98, 0.98), "metric": (0.97, 0.97), "threshold": (0.98, 0.98), "unit": (0.98, 0.98)},
    "seen_after_first_reading": {"verb": (0.85, 0.85), "industry": (0.94, 0.94), "metric": (0.97, 0.95), "threshold": (0.97, 0.97), "unit": (0.97, 0.97)},
    "held_out": {"verb": (0.90, 0.90), "industry": (0.95, 0.95), "metric": (0.96, 0.94), "threshold": (0.97, 0.95), "unit": (0.97, 0.95)},
}  # fmt: skip


def printed(part: str) -> str:
    rows = precision_and_recall(part)
    count = sum(row["part"] == part for row in labelled())
    shown = " | ".join(f"{rows[field][0]:.3f} / {rows[field][1]:.3f}" for field in FIELDS)
    return f"| `{part}` | {count} | {shown} |"


@pytest.mark.parametrize("part", PARTS)
def test_precision_and_recall_do_not_fall(part: str) -> None:
    got = precision_and_recall(part)
    fallen = {
        field: got[field]
        for field in FIELDS
        if got[field][0] < FLOORS[part][field][0] or got[field][1] < FLOORS[part][field][1]
    }
    assert fallen == {}


@pytest.mark.parametrize("part", PARTS)
def test_the_page_prints_what_is_measured(part: str) -> None:
    assert printed(part) in PAGE.read_text("utf-8")


def test_the_set_is_large_and_covers_dimensions_and_zones() -> None:
    rows = labelled()
    assert len(rows) >= 150
    assert {row["dimension"] for row in rows} == {"space", "emission", "risk", "resource"}
    assert len({row["zone"] for row in rows} - {"city", "unit"}) >= 10
    assert len({row["clause_text"] for row in rows}) == len(rows)
    assert {row["nature"] for row in rows} == {"为本测试编写，非官方文本"}
