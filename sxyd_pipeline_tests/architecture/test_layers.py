"""The house holds: layers point one way, assets are thin, edges go left to right."""

import ast
from pathlib import Path

import pytest

import sxyd_pipeline
from sxyd_pipeline.contracts.model import GROUPS

ROOT = Path(sxyd_pipeline.__file__).parent
FRAMES = {"polars", "pandas", "geopandas", "shapely", "numpy", "pyarrow", "pyproj", "numba", "scipy"}

#: What each layer must not import: names of packages, or of our own layers.
FORBIDDEN = {
    "vocabulary": {
        *FRAMES, "dagster", "duckdb", "great_expectations", "core", "contracts", "checks", "io", "assets",
    },
    "core": {
        "dagster", "duckdb", "great_expectations", "os", "pathlib", "logging", "time", "tempfile",
        "subprocess", "checks", "io", "assets", "deliverables", "example_city", "cli", "definitions",
    },
    "contracts": {
        "core", "dagster", "duckdb", "great_expectations", "checks", "io", "assets", "cli", "definitions",
    },
    "checks": {
        "assets.inputs", "assets.inventory", "assets.zoning", "assets.baseline", "assets.published", "cli",
    },
    "io": {"assets", "cli", "definitions", "deliverables", "checks.gates"},
    **{
        f"assets/{group}": {"duckdb", "great_expectations", "checks", "cli", "definitions", "deliverables"}
        for group in GROUPS[:-1]
    },
    # Deliverables are written from a whole edition, so only the last group knows them.
    "assets/published": {"duckdb", "great_expectations", "checks", "cli", "definitions"},
    "deliverables": {"dagster", "assets", "cli", "definitions"},
}  # fmt: skip


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """Names a module imports; our own modules appear without the package's name."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    # The standard library has an `io` of its own: streams in memory, which any layer may use.
    return {name.removeprefix("sxyd_pipeline.") for name in names if name.split(".")[0] != "io"}


def breaks(name: str, forbidden: set[str]) -> bool:
    return any(name == word or name.startswith(f"{word}.") for word in forbidden)


@pytest.mark.parametrize("layer", sorted(FORBIDDEN))
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(
            name for name in imported(ast.parse(path.read_text("utf-8"))) if breaks(name, FORBIDDEN[layer])
        )
        for path in modules(layer)
    }
    assert {path: names for path, names in found.items() if names} == {}
    assert found, f"no modules in {layer}"


def test_only_one_module_imports_great_expectations() -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*.py"))
        if any(name.startswith("great_expectations") for name in imported(ast.parse(path.read_text("utf-8"))))
    ]
    assert users == ["checks/expectations.py"]


def test_an_asset_is_at_most_25_lines_with_its_docstring() -> None:
    long = [
        f"{path.name}:{node.name}"
        for path in modules("assets")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any("asset" in ast.unparse(decorator) for decorator in node.decorator_list)
        and (node.end_lineno or 0) - node.lineno + 1 > 25
    ]
    assert long == []


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "common", "misc"}
    assert [path.name for path in ROOT.rglob("*.py") if path.stem in vague] == []


def test_nothing_catches_everything() -> None:
    broad = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    # The outermost frame of the command line writes the log of a crash and exits; it hides nothing.
    assert [place for place in broad if not place.startswith("cli/main.py")] == []
