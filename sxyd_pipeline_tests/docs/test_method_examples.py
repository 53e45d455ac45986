"""What the pages on methods show is run: an example that no longer works is a false statement."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "inventory", "structure", "decomposition", "decoupling", "key-items", "lints", "coupling",
    "spatial", "access-list", "measures", "portfolio", "ecological-carbon", "blue-carbon", "water", "non-co2",
)  # fmt: skip
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run_and_hold(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "methods" / f"{page}.md").read_text("utf-8"))
    assert blocks
    monkeypatch.chdir(ROOT)
    for number, block in enumerate(blocks):
        script = tmp_path / f"{page}_{number}.py"
        script.write_text(block, encoding="utf-8")
        runpy.run_path(str(script))
