"""Pages that follow from the code are up to date, and links between pages hold."""

import re
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.deliverables.data_dictionary import dictionary_markdown

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_data_dictionary_is_that_of_the_contracts() -> None:
    assert (ROOT / "docs/data-dictionary.md").read_text("utf-8") == dictionary_markdown()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    broken = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert broken == []


def test_every_method_is_named_on_a_page_of_methods() -> None:
    pages = [*(ROOT / "docs/methods").glob("*.md"), ROOT / "docs/clause-rules.md"]
    named = set(
        re.findall(r"`([a-z0-9_]+(?::[a-z*]+)?)`", "\n".join(page.read_text("utf-8") for page in pages))
    )
    methods = pl.read_csv(ROOT / "data/reference/methods.csv")["method_id"].to_list()
    unnamed = [one for one in methods if not {one, re.sub(r":\w+$", ":*", one)} & named]
    assert unnamed == []


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs/methods").glob("[a-z]*.md")), ids=lambda page: page.stem
)
def test_a_page_of_methods_has_formula_source_worked_number_and_misuses(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.search(r"算例|验算", text), "no worked number"
    assert re.search(r"误用|不足", text), "no misuses"
    assert re.search(r"来源|出处|\d{4}|cited_from", text), "no source"
    assert re.search(r"=|→", text), "no formula"
