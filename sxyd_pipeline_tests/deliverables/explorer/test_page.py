"""The explorer: one file that works from disk, asks for nothing, and says what the release says."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.explorer.page import FILE, MOST_BYTES, write, write_explorer
from sxyd_pipeline.deliverables.explorer.tables import pack_tables
from sxyd_pipeline_tests.browser import Page, needs_chromium
from sxyd_pipeline_tests.conftest import EXAMPLE, FinishedDemo, sxyd

HOSTILE = "</script><script>alert('x')</script><img src=x onerror=alert(1)> =cmd|' /C calc'!A0 # $ * _ @ \\ `"


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is told."""


@pytest.fixture(scope="module")
def hostile_edition(example_edition: Edition) -> Edition:
    """The example city with a unit that is named like an attack."""
    units = example_edition.tables["zoning.control_units"]
    first = units["control_unit_code"].sort()[0]
    renamed = units.with_columns(
        control_unit_name=pl.when(pl.col("control_unit_code") == first)
        .then(pl.lit(HOSTILE))
        .otherwise(pl.col("control_unit_name"))
    )
    return replace(
        example_edition, city_name=HOSTILE, tables={**example_edition.tables, "zoning.control_units": renamed}
    )


def test_the_bundles_were_built_from_the_sources_beside_them() -> None:
    folder = files("sxyd_pipeline.deliverables.explorer")
    source = Path(str(folder.joinpath("source")))
    names = ["package.json", "build.mjs", *sorted(f"src/{path.name}" for path in (source / "src").iterdir())]
    total = hashlib.sha256()
    for name in names:
        for part in (name.encode(), b"\0", (source / name).read_bytes(), b"\0"):
            total.update(part)
    assert folder.joinpath("page", "built_from.txt").read_text().strip() == total.hexdigest()


def test_two_builds_are_the_same_bytes_and_small_enough_to_mail(example_edition: Edition) -> None:
    first, second = (write(example_edition, "zh", silent)[FILE] for _ in range(2))
    assert first == second
    assert len(first) < 15_000_000
    assert len(write_explorer(example_edition, "zh", silent, with_sql=False)[FILE]) < 4_000_000


def test_what_has_no_room_is_named_and_what_counts_most_is_in(example_edition: Edition) -> None:
    packed = pack_tables(example_edition, most_bytes=1_200_000)
    inside = {table["name"] for table in packed.listed}
    outside = {entry.split(" ")[0] for entry in packed.left_out}
    assert inside | outside == set(example_edition.tables)
    assert inside & outside == set()
    assert "inventory.emissions" in inside
    assert "projection.emissions" in outside


def test_tables_make_room_for_what_a_large_city_needs_and_the_engine_follows_them(
    example_edition: Edition,
) -> None:
    def page_of(most_bytes: int) -> str:
        pages = write_explorer(example_edition, "zh", silent, with_sql=True, most_bytes=most_bytes)
        assert len(pages[FILE]) <= max(most_bytes, 4_000_000)
        return pages[FILE].decode("utf-8")

    def listed(page: str) -> dict[str, list[str]]:
        packed = re.search(r'id="sxyd-data">([^<]*)<', page)
        assert packed
        content = json.loads(gzip.decompress(base64.b64decode(packed[1])))
        return {"tables": [table["name"] for table in content["tables"]], "left_out": content["left_out"]}

    narrow, bare = page_of(13_500_000), page_of(5_000_000)
    few = listed(narrow)
    assert 'id="sxyd-engine"' in narrow
    assert "inventory.totals" in few["tables"]
    assert len(few["left_out"]) > len(listed(page_of(MOST_BYTES))["left_out"])
    assert 'id="sxyd-engine"' not in bare
    assert len(listed(bare)["left_out"]) == len(example_edition.tables)


def test_no_attack_in_a_name_reaches_the_page_as_markup(hostile_edition: Edition) -> None:
    page = write_explorer(hostile_edition, "zh", silent, with_sql=False)[FILE].decode("utf-8")
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page
    assert "&lt;script&gt;alert" in page


@pytest.fixture(scope="module")
def page(example_edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("explorer") / FILE
    path.write_bytes(write(example_edition, "zh", silent)[FILE])
    with Page(path.as_uri()) as opened:
        assert opened.wait_for("document.body && document.body.dataset.ready") == "yes"
        yield opened


@needs_chromium
def test_the_map_is_drawn_and_the_network_is_left_alone(page: Page) -> None:
    page.wait_for("document.querySelectorAll('.trow').length > 3")
    drawn = page.evaluate(
        "(() => { const c = document.getElementById('map'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add((d[i] << 16) | (d[i + 1] << 8) | d[i + 2]); return [...seen]; })()"
    )
    ramp = {0xFFF3D6, 0xFBD08A, 0xF4A259, 0xD9622B, 0x8C2D04}
    assert ramp <= set(drawn)
    assert page.requests == []
    assert page.faults == []


@needs_chromium
def test_a_row_opens_the_card_of_its_unit_by_keyboard(page: Page, example_edition: Edition) -> None:
    page.evaluate("document.querySelector('.tbody').focus()")
    page.press("ArrowDown")
    page.press("Enter")
    name = page.wait_for(
        "!document.getElementById('card').hidden && document.querySelector('#card h2').textContent"
    )
    top = example_edition.table("synergy.control_unit_scores").filter(
        pl.col("scenario_id") == "policy", pl.col("year") == example_edition.base_year, pl.col("rank") == 1
    )
    assert name == top["control_unit_name"][0]
    assert top["reason_zh"][0] in page.evaluate("document.getElementById('card').textContent")
    page.press("Escape")
    assert page.evaluate("document.getElementById('card').hidden")


@needs_chromium
def test_sql_in_the_page_gives_the_totals_of_the_release(page: Page, example_edition: Edition) -> None:
    answer = json.loads(
        page.evaluate(
            "sxydSql.ask('select species, sum(emission_t) from inventory.emissions group by 1 order by 1')"
            ".then((found) => JSON.stringify(found.rows))"
        )
    )
    emissions = example_edition.table("inventory.emissions")
    wanted = dict(emissions.group_by("species").agg(pl.col("emission_t").sum()).rows())
    assert {species: pytest.approx(total, rel=1e-12) for species, total in answer} == wanted
    assert page.requests == []


@needs_chromium
def test_the_engine_of_the_page_reads_no_files_and_no_addresses(page: Page) -> None:
    refused = page.evaluate(
        "sxydSql.ask(\"select * from read_csv('https://example.org/a.csv')\").then(() => 'read', (error) => 'refused')"
    )
    assert refused == "refused"
    assert page.requests == []


@needs_chromium
def test_every_tab_opens_in_both_languages_without_a_fault(page: Page) -> None:
    for _language in range(2):
        for tab in ("measures", "project", "sql", "about", "map"):
            page.evaluate(f"document.getElementById('tab-{tab}').click()")
            assert page.evaluate(f"!document.getElementById('view-{tab}').hidden")
        page.evaluate("document.querySelector('#top button.light').click()")
    assert page.faults == []


@needs_chromium
def test_an_attack_in_a_name_is_shown_as_text(hostile_edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(write_explorer(hostile_edition, "en", silent, with_sql=False)[FILE])
    with Page(path.as_uri()) as opened:
        assert opened.wait_for("document.body && document.body.dataset.ready") == "yes"
        opened.evaluate(
            "(() => { const box = document.querySelector('input[type=search]'); box.value = 'alert'; box.dispatchEvent(new Event('input')); })()"
        )
        opened.wait_for("document.querySelectorAll('.trow').length === 1")
        opened.evaluate("document.querySelector('.trow').click()")
        assert HOSTILE in opened.evaluate("document.querySelector('.trow').textContent")
        assert opened.evaluate("document.querySelectorAll('img').length") == 0
        assert opened.faults == []


def test_export_writes_the_page_without_its_engine_when_asked(
    finished_demo: FinishedDemo, example_edition: Edition, tmp_path: Path
) -> None:
    run = sxyd(finished_demo.home, "export", EXAMPLE, "explorer", "--no-sql", "--out", str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    written = (tmp_path / FILE).read_bytes()
    assert written == write_explorer(example_edition, "zh", silent, with_sql=False)[FILE]
