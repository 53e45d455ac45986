"""What is printed: one language, whole cells, strict JSON, and no value steers the terminal."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.cli.screen import Screen, printable, to_json
from sxyd_pipeline.cli.settings import Settings
from sxyd_pipeline.errors import Place, SxydError


def screen(*, language: str = "zh", as_json: bool = False) -> tuple[Screen, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Screen(Settings(language, as_json), out, err), out, err  # type: ignore[arg-type]  # a literal


@pytest.mark.parametrize(("language", "expected"), [("zh", "完成\n"), ("en", "done\n")])
def test_a_message_is_printed_in_the_chosen_language_only(language: str, expected: str) -> None:
    shown, out, _ = screen(language=language)
    shown.say("完成", "done")
    assert out.getvalue() == expected


def test_markup_in_a_value_is_printed_as_it_is() -> None:
    shown, out, _ = screen()
    shown.say("[red]厂[/red] :smile:", "")
    shown.table(["名称"], [["[bold]甲厂[/bold]"]])
    assert "[red]厂[/red] :smile:" in out.getvalue()
    assert "[bold]甲厂[/bold]" in out.getvalue()


def test_an_escape_sequence_in_a_value_does_not_reach_the_terminal() -> None:
    shown, out, _ = screen()
    shown.table(["名称"], [["甲\x1b[2J厂\x07"]])
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_a_pipe_gets_whole_cells_however_long() -> None:
    shown, out, _ = screen()
    shown.table(["说明"], [["长" * 300]])
    assert "长" * 300 in out.getvalue()


def test_columns_with_chinese_text_line_up() -> None:
    shown, out, _ = screen()
    shown.table(["a", "b"], [["镇江市", "x"], ["abcdef", "y"]])
    first, second = [line for line in out.getvalue().splitlines() if line.strip()][-2:]
    # Three Chinese characters take six columns, as many as "abcdef".
    assert first.index("x") + 3 == second.index("y")


def test_a_line_for_logs_quotes_values_with_spaces() -> None:
    shown, out, _ = screen()
    shown.line(city="321100", message="one two", seconds=1.5)
    assert out.getvalue() == 'city=321100 message="one two" seconds=1.5\n'


def test_json_output_holds_nothing_but_the_document() -> None:
    shown, out, err = screen(as_json=True)
    shown.say("甲", "a")
    shown.note("乙", "b")
    shown.line(a=1)
    shown.table(["x"], [["y"]])
    shown.finish(ok=True, value=float("nan"), geometry=b"\x01\xff")
    assert json.loads(out.getvalue()) == {"ok": True, "value": None, "geometry": "01ff"}
    assert err.getvalue() == ""


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = SxydError(
        "甲", "first", remedy_zh="改", remedy_en="mend", place=Place("a.csv", "", 3, "lon", "x")
    )
    shown, _, err = screen(language="en")
    shown.fail(error)
    assert err.getvalue() == "first (a.csv 行/row 3 列/column lon 值/value 'x'). What to do: mend\n"
    as_json, out, _ = screen(as_json=True)
    as_json.fail(error)
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    assert told["error"]["message_zh"] == "甲"
    assert told["error"]["place"] == {"file": "a.csv", "sheet": "", "row": 3, "column": "lon", "value": "x"}


@given(st.text())
def test_printable_text_keeps_its_length_and_has_no_control_characters(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert all(mark.isprintable() or mark in "\n\t" for mark in shown)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_json_can_always_be_read_back(value: object) -> None:
    json.loads(to_json(value), parse_constant=pytest.fail)
