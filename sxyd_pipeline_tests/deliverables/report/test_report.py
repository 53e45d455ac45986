"""Report and case text of the example city: whole, true to the release, the same in Word and PDF."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.report import case, report
from sxyd_pipeline.deliverables.report.declarations import headlines, read_toml
from sxyd_pipeline.deliverables.report.document import Kind, compose, template_names
from sxyd_pipeline.deliverables.report.files import finish
from sxyd_pipeline.deliverables.report.numbers import Language, written
from sxyd_pipeline.deliverables.report.queries import Queries
from sxyd_pipeline.deliverables.report.story import Picture
from sxyd_pipeline.deliverables.report.tables import declared_tables
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    DataTable,
    Document,
    Figure,
    Heading,
    Orientation,
    PageBreak,
    Paragraph,
    document_texts,
    plain,
)
from sxyd_pipeline.deliverables.typesetting.fonts import missing_glyphs
from sxyd_pipeline_tests.conftest import FinishedDemo
from sxyd_pipeline_tests.deliverables.report.finished import unfinished
from sxyd_pipeline_tests.deliverables.typesetting.reading import (
    absent_from,
    docx_contents,
    docx_paragraphs,
    pdf_fonts,
    pdf_outline,
    pdf_pages,
    squeezed,
    word_findings,
)
from sxyd_pipeline_tests.deliverables.typesetting.small import HOSTILE, picture

CHAPTERS = [
    "总则", "基础分析", "“三线”协同性分析", "生态环境准入清单优化", "技术路径与成果表达", "机制与管理建议", "问题与下一步",
]  # fmt: skip


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is told."""


def composed(edition: Edition, kind: Kind = "report", language: Language = "zh") -> Document:
    return compose(edition, kind, language, {}, silent)


@pytest.fixture(scope="module")
def whole(example_edition: Edition) -> Document:
    return composed(example_edition)


@pytest.fixture(scope="module")
def released(finished_demo: FinishedDemo) -> Mapping[str, bytes]:
    names = ("report.docx", "report.pdf", "case.docx", "case.pdf")
    return {name: (finished_demo.release / name).read_bytes() for name in names}


def headings(document: Document) -> list[tuple[int, str]]:
    return [(one.level, plain(one.runs)) for one in document.blocks if isinstance(one, Heading)]


def prose(document: Document) -> str:
    return "\n".join(plain(one.runs) for one in document.blocks if isinstance(one, Paragraph))


def test_the_chapters_are_the_official_ones_in_order(whole: Document) -> None:
    assert [title for level, title in headings(whole) if level == 1][:7] == CHAPTERS
    second = [title for level, title in headings(whole) if level == 2]
    assert len([one for one in whole.blocks if isinstance(one, Heading) and one.number.startswith("1.")]) == 6
    assert second[6:9] == ["总体特征", "未来形势", "重点行业、领域与区域"]


def test_optional_sections_stand_only_when_their_module_ran(example_edition: Edition) -> None:
    water, ecology, coast = "水环境质量底线与温室气体控制", "生态空间管控与碳汇", "近岸海域与蓝碳"
    with_all = {title for _, title in headings(composed(replace(example_edition, modules=frozenset({"water", "ecology", "coastal"}))))}  # fmt: skip
    without = {title for _, title in headings(composed(replace(example_edition, modules=frozenset())))}
    assert {water, ecology, coast} <= with_all
    assert not {water, ecology, coast} & without


@pytest.mark.parametrize("kind", ["report", "case"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_is_finished(example_edition: Edition, kind: Kind, language: Language) -> None:
    document = composed(example_edition, kind, language)
    texts = [plain(one.runs) for one in document.blocks if isinstance(one, Paragraph | Heading)]
    assert unfinished(texts) == {}
    assert missing_glyphs(document_texts(document)) == ()
    assert empty_sections(document.blocks) == []


def empty_sections(blocks: tuple[Block, ...]) -> list[str]:
    """Headings that nothing stands under."""
    content = [one for one in blocks if not isinstance(one, Orientation | PageBreak)]
    return [
        plain(one.runs)
        for one, following in zip(content, [*content[1:], None], strict=True)
        if isinstance(one, Heading)
        and (following is None or (isinstance(following, Heading) and following.level <= one.level))
    ]


def test_the_english_edition_has_the_same_structure(example_edition: Edition, whole: Document) -> None:
    english = composed(example_edition, "report", "en")
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(whole)]
    assert template_names("report", "en") == template_names("report", "zh")

    def tables(document: Document) -> list[str]:
        return [one.table_id for one in document.blocks if isinstance(one, DataTable)]

    assert tables(english) == tables(whole)


def test_headline_totals_are_those_of_the_tables(example_edition: Edition, whole: Document) -> None:
    emissions = example_edition.table("inventory.emissions").filter(year=example_edition.base_year)
    text = prose(whole)
    for species in ("CO2", "NOx", "VOCs", "SO2", "NH3", "PM2.5"):
        total = float(emissions.filter(species=species)["emission_t"].sum())
        assert written(total, "mass", "zh") in text, species
    units = example_edition.table("zoning.control_units")
    assert f"{units.height}个环境管控单元" in text


def test_every_printed_query_runs_on_the_published_database(
    example_edition: Edition, finished_demo: FinishedDemo, whole: Document
) -> None:
    annex = next(
        one for one in whole.blocks if isinstance(one, DataTable) and one.table_id == "provenance_numbers"
    )
    by_name = {one.zh: one for one in headlines().values()}
    with duckdb.connect(str(finished_demo.release / "sxyd.duckdb"), read_only=True) as database:
        for row in annex.rows:
            number, name, value, query, *_ = (cell for cell in row if cell is not None)
            sql = plain(query.paragraphs[1])
            found = database.execute(sql).fetchone()
            assert found is not None
            headline = by_name[plain(name.paragraphs[0])]
            assert written(float(found[0]), headline.kind, "zh") == plain(value.paragraphs[0]), sql
            assert number.anchor == f"source-{headline.headline_id}"
    assert len(annex.rows) > 60
    with Queries(example_edition) as queries:
        assert all(not re.search(r":[a-z]+\b", queries.filled(one.sql)) for one in headlines().values())


def test_every_number_that_is_linked_has_its_row_in_the_annex(whole: Document) -> None:
    linked = {run.link for one in whole.blocks if isinstance(one, Paragraph) for run in one.runs if run.link}
    anchors = {
        cell.anchor for one in whole.blocks if isinstance(one, DataTable) for row in one.rows for cell in row if cell and cell.anchor
    }  # fmt: skip
    assert linked
    assert linked <= anchors


def test_no_table_of_the_example_city_is_left_out(whole: Document, example_edition: Edition) -> None:
    placed = {one.table_id for one in whole.blocks if isinstance(one, DataTable)}
    case_only = {"measures_best"}
    coastal = {"coastal_zones", "blue_carbon"}
    assert set(declared_tables()) - placed == case_only | coastal
    with Queries(example_edition) as queries:
        empty = {
            name for name, entry in read_toml("rows.toml").items() if queries.can_run(entry["sql"]) and not queries.rows(name, entry["sql"])
        }  # fmt: skip
    assert empty <= {
        "borderline_industries",
        "carbon_refused",
        "parts_exceed",
        "portfolio_missed",
        "city_missed_strong_far",
    }


def test_figures_are_numbered_once_and_left_out_with_their_references(
    example_edition: Edition, whole: Document
) -> None:
    png = picture()
    pictures = {one["id"]: Picture(png) for one in read_toml("figures.toml")["figure"]}
    illustrated = compose(example_edition, "report", "zh", pictures, silent)
    captions = Counter(one.number for one in illustrated.blocks if isinstance(one, Figure | DataTable))
    assert {one.figure_id for one in illustrated.blocks if isinstance(one, Figure)} == set(pictures)
    assert set(captions.values()) == {1}
    assert "图 2-" in prose(illustrated)
    assert not re.search(r"图 \d", prose(whole))


@pytest.mark.parametrize("name", ["report", "case"])
def test_word_finds_nothing_to_mend(released: Mapping[str, bytes], name: str, tmp_path: Path) -> None:
    assert word_findings(released[f"{name}.docx"], tmp_path / f"{name}.docx") == []


@pytest.mark.parametrize(("name", "until"), [("report", "7问题与下一步"), ("case", "")])
def test_word_and_pdf_say_the_same(
    released: Mapping[str, bytes], whole: Document, name: str, until: str
) -> None:
    word, pdf = released[f"{name}.docx"], released[f"{name}.pdf"]
    header = whole.header if name == "report" else whole.header.replace("研究报告", "案例文本")
    last = dict(pdf_outline(pdf))[until] if until else None
    text = "".join(pdf_pages(pdf, header, whole.footer, last=last))
    contents = {squeezed(f"{title}{page}") for title, page in docx_contents(word)}
    paragraphs = [one for one in docx_paragraphs(word) if squeezed(one) not in contents]
    # The annexes are long and slow to read back; they come from the same writer.
    compared = paragraphs[: paragraphs.index(until[1:])] if until else paragraphs
    assert absent_from(text, compared) == []
    assert len(compared) > 400


@pytest.mark.parametrize("name", ["report", "case"])
def test_the_contents_of_word_name_the_pages_of_the_pdf(released: Mapping[str, bytes], name: str) -> None:
    # Cover and contents come before page 1.
    outline = dict(pdf_outline(released[f"{name}.pdf"]))
    listed = docx_contents(released[f"{name}.docx"])
    first = outline[squeezed(listed[0][0])] - 1
    assert [(squeezed(title), page + first) for title, page in listed] == [
        (squeezed(title), outline[squeezed(title)]) for title, _ in listed
    ]


def test_fonts_are_embedded_and_text_is_text(released: Mapping[str, bytes]) -> None:
    fonts = pdf_fonts(released["case.pdf"])
    assert fonts
    assert all(embedded and kind == "/Type0" for kind, embedded in fonts.values()), fonts


def test_a_second_build_gives_the_bytes_of_the_release(
    example_edition: Edition, released: Mapping[str, bytes]
) -> None:
    built = {**report.write(example_edition, "zh", silent), **case.write(example_edition, "zh", silent)}
    assert {name: built[name] == content for name, content in released.items()} == dict.fromkeys(
        released, True
    )


def test_the_case_text_has_five_to_ten_pages(released: Mapping[str, bytes]) -> None:
    assert 5 <= len(pdf_pages(released["case.pdf"])) <= 12


def test_release_hash_and_mark_stand_on_cover_and_pages(
    released: Mapping[str, bytes], example_edition: Edition, whole: Document
) -> None:
    pages = pdf_pages(released["case.pdf"])
    assert squeezed(example_edition.release_id) in pages[0]
    assert example_edition.inputs_hash in pages[0]
    assert "示例数据" in pages[0]
    assert all(squeezed(whole.footer) in page for page in pages[1:])


@pytest.fixture(scope="module")
def hostile_edition(example_edition: Edition) -> Edition:
    """The example city with names and clauses that try everything, in three control units."""
    units = example_edition.tables["zoning.control_units"]
    codes = units["control_unit_code"].sort()[:3].to_list()
    clauses = example_edition.tables["access.clauses"]
    lists = example_edition.tables["access.control_unit_lists"].filter(
        pl.col("control_unit_code").is_in(codes)
    )
    own = lists.filter(level="control_unit")["clause_id"][0]
    long_text = f"{HOSTILE}\x07\u202e某𫚉企业" + "禁止新建、扩建高耗能高排放项目；" * 250

    def changed(frame: pl.DataFrame, column: str, key: str, value: str, text: str) -> pl.DataFrame:
        return frame.with_columns(
            pl.when(pl.col(key) == value).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
        )

    tables = {
        **example_edition.tables,
        "zoning.control_units": changed(
            units, "control_unit_name", "control_unit_code", codes[0], f"# {HOSTILE}"
        ),
        "access.control_unit_lists": changed(lists, "clause_text", "clause_id", own, long_text),
        "access.clauses": changed(clauses, "reason_zh", "clause_id", own, f"@table units\n{HOSTILE}"),
    }
    for name in (
        "projection.drivers",
        "meta.methods",
        "meta.inputs",
        "synergy.coordination",
        "access.overall_list",
    ):
        tables[name] = tables[name].head(5)
    tables["inputs.facilities"] = tables["inputs.facilities"].with_columns(facility_name=pl.lit(HOSTILE))
    return replace(example_edition, city_name=f"某市 {HOSTILE}", tables=tables)


def test_hostile_names_come_out_as_text(hostile_edition: Edition) -> None:
    document = composed(hostile_edition)
    assert [title for level, title in headings(document) if level == 1][:7] == CHAPTERS
    files = finish(document, "report", silent)
    word = squeezed("".join(docx_paragraphs(files["report.docx"])))
    pdf = "".join(pdf_pages(files["report.pdf"], document.header, document.footer))
    for text in (word, pdf):
        assert text.count(squeezed(HOSTILE)) > 10
        assert "某〔U+2B689〕企业" in text
        assert text.count("禁止新建、扩建高耗能高排放项目") >= 240
        assert "\x07" not in text


def test_a_release_without_synergy_and_lists_still_has_its_report(example_edition: Edition) -> None:
    kept = {
        name: frame
        for name, frame in example_edition.tables.items()
        if not name.startswith(("synergy.", "access."))
    }
    bare = composed(replace(example_edition, tables=kept))
    assert [title for level, title in headings(bare) if level == 1][:7] == CHAPTERS
    assert "本次发布未包含准入清单优化结果" in prose(bare)
    assert not {one.table_id for one in bare.blocks if isinstance(one, DataTable)} & {
        "measures",
        "coverage",
        "unit_list",
    }
