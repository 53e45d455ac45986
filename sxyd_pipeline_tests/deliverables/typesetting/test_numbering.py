"""Numbers are given once, in order, and references follow them."""

from dataclasses import replace

import pytest

from sxyd_pipeline.deliverables.typesetting.blocks import DataTable, Figure, Heading, Paragraph, Run, plain
from sxyd_pipeline.deliverables.typesetting.inline import text_runs
from sxyd_pipeline.deliverables.typesetting.numbering import (
    DanglingReferenceError,
    RepeatedBlockError,
    number_document,
)
from sxyd_pipeline_tests.deliverables.typesetting.small import document, table


def test_headings_figures_and_tables_count_within_their_chapter() -> None:
    blocks = number_document(document()).blocks
    assert [block.number for block in blocks if isinstance(block, Heading)] == [
        "1",
        "1.1",
        "2",
        "2.1",
        "附件1",
    ]
    assert [block.number for block in blocks if isinstance(block, DataTable)] == [
        "表 1-1",
        "表 2-1",
        "附表 1",
    ]
    assert [block.number for block in blocks if isinstance(block, Figure)] == ["图 2-1"]


def test_a_reference_becomes_the_number_of_its_target() -> None:
    text = [plain(block.runs) for block in number_document(document()).blocks if isinstance(block, Paragraph)]
    assert text[0] == "CO2 排放量 4662.8万吨，见表 1-1。"


def test_english_captions_have_english_words() -> None:
    blocks = number_document(document(language="en")).blocks
    assert [block.number for block in blocks if isinstance(block, DataTable)] == [
        "Table 1-1",
        "Table 2-1",
        "Table A1",
    ]


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(DanglingReferenceError, match="fig:lost"):
        number_document(document(Paragraph((Run("", ref="fig:lost"),))))


def test_a_table_that_stands_twice_is_an_error() -> None:
    with pytest.raises(RepeatedBlockError, match="tbl:units"):
        number_document(document(replace(table(), caption=text_runs("又一次"))))
