"""Whatever a city lacks: the text stays whole, and what is absent unguarded is an error that names it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources

import pytest

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.report.absence import absent
from sxyd_pipeline.deliverables.report.declarations import Headline, headlines, read_toml
from sxyd_pipeline.deliverables.report.document import Kind, template_names
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.report.queries import Queries
from sxyd_pipeline.deliverables.report.story import HeadlineNumbers, Rows, RowSets, Story
from sxyd_pipeline.deliverables.report.template import Quantity, TemplateError, fill
from sxyd_pipeline.deliverables.typesetting.blocks import Block, Heading, Paragraph, plain
from sxyd_pipeline_tests.deliverables.report.finished import unfinished

KINDS: tuple[Kind, ...] = ("report", "case")


def source(language: Language, name: str) -> str:
    folder = resources.files("sxyd_pipeline.deliverables.report") / "templates" / language
    return folder.joinpath(name).read_text(encoding="utf-8")


def templates(language: Language) -> dict[str, str]:
    names = [name for kind in KINDS for name in template_names(kind, language)]
    return {name: source(language, name) for name in names}


class Remembered(RowSets):
    """Row sets that are run once, with some of them emptied."""

    def __init__(self, whole: RowSets, lost: Callable[[str], bool]) -> None:
        self._whole, self._lost = whole, lost

    def __getitem__(self, name: str) -> Rows:
        """Return the rows, or none when they are lost."""
        return Rows([], name) if self._lost(name) else self._whole[name]


@contextmanager
def told(edition: Edition, language: Language) -> Iterator[Story]:
    with Queries(edition) as queries:
        yield Story(edition, language, queries, {}, lambda _story, _table: None)


@pytest.fixture(scope="module", params=["zh", "en"])
def story(request: pytest.FixtureRequest, example_edition: Edition) -> Iterator[Story]:
    with told(example_edition, request.param) as found:
        yield found


def nothing(_argument: str) -> tuple[Block, ...]:
    return ()


def texts(
    story: Story,
    name: str,
    template: str,
    *,
    lost_number: Callable[[str], bool] = lambda _name: False,
    lost_rows: Callable[[str], bool] = lambda _name: False,
) -> list[str]:
    """Text of one template when some numbers or row sets are gone."""
    whole_numbers, whole_rows = story.numbers, story.rows

    def compute(headline: Headline) -> Quantity | None:
        return None if lost_number(headline.headline_id) else whole_numbers.find(headline.headline_id)

    try:
        story.numbers, story.rows = HeadlineNumbers(compute), Remembered(whole_rows, lost_rows)
        blocks = fill(
            name, template, story.values(), {"table": nothing, "figure": nothing}, story.language, story.writing.filters
        )  # fmt: skip
    finally:
        story.numbers, story.rows = whole_numbers, whole_rows
    return [plain(one.runs) for one in blocks if isinstance(one, Paragraph | Heading)]


def test_every_headline_may_be_absent_alone(story: Story) -> None:
    wrong = {}
    for name, template in templates(story.language).items():
        for lost in {one for one in headlines() if re.search(rf"\b{one}\b", template)}:
            found = unfinished(texts(story, name, template, lost_number=lost.__eq__))
            if found:
                wrong[name, lost] = found
    assert wrong == {}


def test_every_row_set_may_be_empty_alone(story: Story) -> None:
    wrong = {}
    for name, template in templates(story.language).items():
        for lost in {one for one in read_toml("rows.toml") if re.search(rf"rows\.{one}\b", template)}:
            found = unfinished(texts(story, name, template, lost_rows=lost.__eq__))
            if found:
                wrong[name, lost] = found
    assert wrong == {}


@pytest.mark.parametrize(("numbers", "rows"), [(True, False), (False, True), (True, True)])
def test_all_of_them_may_be_absent_together(story: Story, *, numbers: bool, rows: bool) -> None:
    for name, template in templates(story.language).items():
        found = texts(story, name, template, lost_number=lambda _name: numbers, lost_rows=lambda _name: rows)
        assert unfinished(found) == {}, name
        assert found, name


def test_what_is_absent_and_unguarded_is_named_with_template_and_line(example_edition: Edition) -> None:
    template = "# 甲\n\n{% if true %}\n乙\n{% endif %}\nCO2 为{{ v.co2_total }}。\n"
    with told(example_edition, "zh") as story, pytest.raises(TemplateError) as raised:
        texts(story, "report_09.txt", template, lost_number="co2_total".__eq__)
    assert all(part in str(raised.value) for part in ("report_09.txt", "line 6", "v.co2_total"))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("[[{{ v.co2_totl }}]]", "v.co2_totl"),
        ("[[{{ rows.top_unit[0].name }}]]", "rows.top_unit"),
        ("[[{{ rows.top_units[0].nme }}]]", "nme"),
        ('{% if has("co2_totl") %}甲{% endif %}', "v.co2_totl"),
        ('{% if has("synergy.unit_scores") %}甲{% endif %}', "v.synergy.unit_scores"),
    ],
)
def test_a_misspelt_name_is_an_error_even_where_absence_is_allowed(
    example_edition: Edition, template: str, name: str
) -> None:
    with told(example_edition, "zh") as story, pytest.raises(TemplateError) as raised:
        texts(story, "t.txt", template)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("甲[[，乙为{{ gone }}]]。", "甲。"),
        ("甲[[，乙为{{ here }}]]。", "甲，乙为3。"),
        ("[[外{{ here }}[[，内{{ gone }}]]。]]", "外3。"),
        ("[[外{{ gone }}[[，内{{ here }}]]。]]余", "余"),
        ("[[{{ (here / zero) | share }}]]余", "余"),
        ("{% for one in [1, 2] %}[[{{ loop.index }}{% if one > 1 %}{{ gone }}{% endif %}]]{% endfor %}", "1"),
        ('{{ gone | default("无") }}', "无"),
        ("{% if gone is defined %}有{% else %}无{% endif %}", "无"),
        ("[[{{ gone | size | share }}]]余", "余"),
    ],
)
def test_a_passage_stands_only_when_all_it_names_is_there(template: str, text: str) -> None:
    values = {"here": 3, "zero": 0, "gone": absent("gone")}
    filters: dict[str, Callable[..., object]] = {"share": lambda value: f"{float(value):.0%}", "size": abs}
    found = fill("t", template, values, {}, "zh", filters)
    assert "".join(plain(one.runs) for one in found if isinstance(one, Paragraph)) == text
