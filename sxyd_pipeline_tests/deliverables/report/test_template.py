"""The language of templates: what authors may write, and that data never counts as writing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.deliverables.report.template import Quantity, TemplateError, fill
from sxyd_pipeline.deliverables.typesetting.blocks import Block, Heading, Orientation, Paragraph, Run, plain
from sxyd_pipeline.deliverables.typesetting.inline import clean, text_runs


def written(source: str, language: Any = "zh", **values: Any) -> list[tuple[str, str]]:
    """Kind and text of every block."""
    found = []
    for block in fill("t.txt", source, values, {"table": _table}, language):
        if isinstance(block, Heading):
            found.append((f"h{block.level}{'a' if block.annex else ''}", plain(block.runs)))
        elif isinstance(block, Paragraph):
            found.append((block.style, plain(block.runs)))
        else:
            found.append((type(block).__name__, ""))
    return found


def _table(argument: str) -> tuple[Block, ...]:
    return (Paragraph((Run(f"table {argument}"),), "plain"),)


def test_headings_paragraphs_items_and_directives() -> None:
    source = "# 总则\n\n## 背景\n第一行\n第二行\n\n- 甲；\n- 乙。\n\n@table units\n@note 注：无。\n@landscape\n# [annex] 附录\n"
    assert written(source) == [
        ("h1", "总则"), ("h2", "背景"), ("body", "第一行第二行"), ("item", "（1）甲；"), ("item", "（2）乙。"),
        ("plain", "table units"), ("note", "注：无。"), ("Orientation", ""), ("h1a", "附录"),
    ]  # fmt: skip


def test_english_lines_are_joined_with_a_space() -> None:
    assert written("one\ntwo\n\n- a\n", "en") == [("body", "one two"), ("item", "(1) a")]


def test_lines_of_conditions_leave_no_trace_and_conditions_in_a_line_do_not_join_paragraphs() -> None:
    source = "{% if yes %}\n甲{% if no %}不{% endif %}\n\n乙\n{% endif %}\n{# 说明 #}\n丙"
    assert written(source, yes=True, no=False) == [("body", "甲"), ("body", "乙丙")]


def test_a_number_leads_to_its_source() -> None:
    blocks = fill("t", "排放{{ v }}。", {"v": Quantity(1.0, "1.00万吨", "source-x")}, {}, "zh")
    assert isinstance(blocks[0], Paragraph)
    assert blocks[0].runs == (Run("排放"), Run("1.00万吨", link="source-x"), Run("。"))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ missing }}", "missing"),
        ("{{ row.lost }}", "lost"),
        ("{{ raw }}", "printed as it is"),
        ("{{ nothing }}", "printed as it is"),
        ("@chart x", "@chart"),
        ("{% if %}", "line 1"),
        ("{% macro m() %}{% endmacro %}", "macro"),
        ("{{ row.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_what_cannot_be_filled_is_named_with_its_template(source: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=r"t\.txt") as raised:
        written(source, row={}, raw=0.1 + 0.2, nothing=None)
    assert reason in str(raised.value)


HOSTILE = [
    "# 标题", "\n# 标题\n", "@table x", "\n@landscape\n", "**粗**", "{{ v.secret }}", "{% if %}", "- 项", "\ue0000\ue001",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_data_that_looks_like_a_template_is_text(value: str) -> None:
    blocks = fill("t", "{{ name }}\n\n{{ name }}甲", {"name": value}, {"table": _table}, "zh")
    shown = clean(value)
    assert [plain(block.runs) for block in blocks if isinstance(block, Paragraph)] == [shown, f"{shown}甲"]
    assert not any(run.bold for block in blocks if isinstance(block, Paragraph) for run in block.runs)
    assert not any(isinstance(block, Heading | Orientation) for block in blocks)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_of_the_data_is_one_paragraph_of_its_own_characters(value: str) -> None:
    blocks = fill("t", "甲{{ name }}乙", {"name": value}, {}, "zh")
    assert [plain(block.runs) for block in blocks if isinstance(block, Paragraph)] == [
        f"甲{plain(text_runs(value))}乙"
    ]
