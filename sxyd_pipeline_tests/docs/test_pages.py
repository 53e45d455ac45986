"""Pages that follow from the code are up to date, and links between pages hold."""

import re
from pathlib import Path

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
