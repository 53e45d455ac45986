"""What the UI shows of a deliverable: its files, and pictures small enough for the event log."""

import base64
import io
from pathlib import Path

import dagster as dg
import numpy as np
import pytest
from PIL import Image

from sxyd_pipeline.assets.published import delivery
from sxyd_pipeline.assets.published.delivery import deliver
from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.io.staging import Staged, Staging

LARGEST_PREVIEW = 220_000


def noise(width: int, height: int) -> bytes:
    """A picture that compresses badly."""
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


class Publisher:
    """Stands for the resource: nothing but a workspace and a release that is ready."""

    def __init__(self, root: Path) -> None:
        self.workspace = type("Workspace", (), {"lake": root})()

    def prepare(self, _city: str) -> str:
        return "ready"


def materialise(
    monkeypatch: pytest.MonkeyPatch, root: Path, files: dict[str, bytes]
) -> tuple[dg.MaterializeResult[None], list[str]]:
    told: list[str] = []

    def stage(lake: Path, _ready: object, name: str, progress: Progress) -> Staged:
        progress("第一幅", 1, 2)
        return Staging.of(lake, "321100").put(name, "k" * 16, files)

    monkeypatch.setattr(delivery, "stage", stage)
    progress = dg.ResourceDefinition.hardcoded_resource(
        lambda asset, state, _seconds: told.append(f"{asset} {state}")
    )
    context = dg.build_asset_context(partition_key="321100", resources={"progress": progress})
    return deliver(context, Publisher(root), "result_data"), told  # type: ignore[arg-type]  # stands for the resource


def test_files_sizes_and_hashes_are_listed_and_progress_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result, told = materialise(monkeypatch, tmp_path, {"data/a.csv": b"12345", "_preview/p.md": b"# page"})
    assert result.metadata is not None
    assert (result.metadata["file_count"], result.metadata["bytes"]) == (1, 5)
    assert "data/a.csv" in str(result.metadata["files"])
    assert "# page" in str(result.metadata["preview_p.md"])
    assert result.data_version is not None
    assert told == ["result_data 1/2 working"]


def test_large_pictures_are_made_small_for_the_event_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result, _ = materialise(monkeypatch, tmp_path, {"atlas/map.png": noise(1600, 900)})
    assert result.metadata is not None
    text = str(result.metadata["preview_atlas/map.png"])
    encoded = text.partition("base64,")[2].partition(")")[0]
    picture = base64.b64decode(encoded)
    assert len(picture) <= LARGEST_PREVIEW
    with Image.open(io.BytesIO(picture)) as shown:
        assert shown.width / shown.height == pytest.approx(1600 / 900, rel=0.01)
