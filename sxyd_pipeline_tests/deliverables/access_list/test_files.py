import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openxml_audit import OpenXmlValidator

from sxyd_pipeline.deliverables.access_list.files import write_access_lists
from sxyd_pipeline.deliverables.access_list.pages import escaped
from sxyd_pipeline.deliverables.access_list.words import STATE_COLOURS
from sxyd_pipeline.deliverables.access_list.workbooks import LONGEST_CELL
from sxyd_pipeline_tests.core.access.little_lists import TEXTS, UNITS, tables

PLATFORM = [
    "HJZHGKDYBM",
    "HJZHGKDYMC",
    "PROV",
    "CITY",
    "COUNTY",
    "ZHGKDYFL",
    "AREA",
    "HJYS",
    "YSXL",
    "KJBJYS",
    "PWWPFGK",
    "HJFXFK",
    "ZYKFXLYQ",
    "REMARKS",
]


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_tables_give_the_same_bytes(language: str) -> None:
    first, second = (write_access_lists(tables(), language=language) for _ in range(2))
    assert first == second
    assert set(first) == {
        "overall_list.md",
        "access_lists.xlsx",
        "unit_pages.xlsx",
        *(f"units/{code}.md" for code in UNITS),
    }


def test_the_published_form_has_its_headings_in_both_languages_and_as_platform_fields() -> None:
    heads = {
        key: [cell.value for cell in book(write_access_lists(tables(), language=language, headers=headers)["access_lists.xlsx"]).worksheets[0][1]]
        for key, language, headers in (("zh", "zh", "published"), ("en", "en", "published"), ("platform", "zh", "platform"))
    }  # fmt: skip
    assert heads["zh"][:3] == ["环境管控单元编码", "环境管控单元名称", "省"]
    assert heads["zh"][8:] == ["空间布局约束", "污染物和碳排放控制", "环境风险防控", "资源利用效率", "备注"]
    assert heads["en"][0] == "Control unit code"
    assert heads["platform"] == PLATFORM


def test_no_text_becomes_a_formula_and_none_is_altered() -> None:
    files = write_access_lists(tables(), language="zh")
    cells = [
        cell
        for name in ("access_lists.xlsx", "unit_pages.xlsx")
        for sheet in book(files[name])
        for row in sheet
        for cell in row
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    values = {cell.value for cell in cells}
    assert set(TEXTS.values()) - {TEXTS["C9"]} <= values
    assert TEXTS["C9"] in values


def test_states_are_words_in_colour_and_text_wraps() -> None:
    sheet = book(write_access_lists(tables(), language="zh")["unit_pages.xlsx"])[UNITS[0]]
    by_word = {cell.value: cell for row in sheet for cell in row}
    assert by_word["修改"].fill.start_color.rgb == "FF" + STATE_COLOURS["changed"][1:]
    assert by_word["新增"].fill.start_color.rgb == "FF" + STATE_COLOURS["new"][1:]
    assert by_word[TEXTS["C2"]].alignment.wrap_text
    assert by_word["收严"].row == by_word["修改"].row


def test_evidence_has_its_sheet_with_numbers_as_numbers() -> None:
    sheet = book(write_access_lists(tables(), language="zh")["access_lists.xlsx"])["条款证据"]
    assert [cell.value for cell in sheet[2]][:6] == ["G1", 1, "=1", "=1", "=1", 3.25]


def test_text_longer_than_a_cell_goes_on_below() -> None:
    long = tables()
    text = "长" * (LONGEST_CELL + 5)
    long["access.overall_list"] = long["access.overall_list"].with_columns(clause_text=pl.lit(text))
    sheet = book(write_access_lists(long, language="zh")["access_lists.xlsx"])["总体准入清单"]
    column = [cell.value for cell in sheet[1]].index("条款内容")
    assert "".join(row[column].value for row in sheet.iter_rows(min_row=2)) == text


def test_a_page_keeps_every_text_in_its_cell() -> None:
    page = write_access_lists(tables(), language="zh")[f"units/{UNITS[0]}.md"].decode()
    assert escaped(TEXTS["C1"]) == r"=HYPERLINK(1)\|禁止\`新建\`"
    assert escaped(TEXTS["G1"]) == r"第一行<br>第二行 \<b\>粗\</b\>"
    for one in ("C1", "C2", "G1"):
        assert f"| {escaped(TEXTS[one])} |" in page
    assert "缺口 3.25" in page
    other = write_access_lists(tables(), language="zh")[f"units/{UNITS[1]}.md"].decode()
    assert TEXTS["C2"] not in other


def test_the_overall_page_names_the_nature_of_the_data_and_what_is_withdrawn() -> None:
    page = write_access_lists(tables(), language="zh")["overall_list.md"].decode()
    assert "> 示例数据" in page
    assert "旧条款" in page


def test_another_language_or_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        write_access_lists(tables(), language="fr")
    with pytest.raises(ValueError, match="other"):
        write_access_lists(tables(), language="zh", headers="other")


@pytest.mark.parametrize("name", ["access_lists.xlsx", "unit_pages.xlsx"])
def test_workbooks_follow_the_standard_of_the_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(write_access_lists(tables(), language="zh")[name])
    result = OpenXmlValidator().validate(path)
    assert [str(error) for error in result.errors] == []
