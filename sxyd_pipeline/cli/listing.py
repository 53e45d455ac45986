"""A table of files with size and sha256: what was written, and whether it is still the same."""

from collections.abc import Sequence
from pathlib import Path

from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.io.fingerprints import hash_file


def show_files(screen: Screen, paths: Sequence[Path], root: Path) -> list[dict[str, object]]:
    """Print the files and return them for machine output.

    Args:
        screen: where to print.
        paths: files.
        root: folder their names are shown relative to, where they lie inside.
    """
    listed = [
        {"file": _name(path, root), "bytes": path.stat().st_size, "sha256": hash_file(path)} for path in paths
    ]
    screen.table(
        [screen.pick("文件", "file"), screen.pick("大小", "size"), "sha256"],
        [[one["file"], size_in_words(int(str(one["bytes"]))), one["sha256"]] for one in listed],
        numeric=(1,),
    )
    return listed


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def size_in_words(size: int) -> str:
    """Return a size with its unit, powers of ten."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:  # noqa: PLR2004 - a thousand of one is one of the next
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.2f} GB"
