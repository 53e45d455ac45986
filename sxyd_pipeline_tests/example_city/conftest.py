"""The example package is built once and read by many tests; none of them writes to it."""

from pathlib import Path

import pytest

from sxyd_pipeline.example_city import build_example_city


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_city(tmp_path_factory.mktemp("cities") / "321100")
