"""What a release was made from: sha256 of every input file, and of the program itself."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from sxyd_pipeline import __version__
from sxyd_pipeline.io.lake import hash_of
from sxyd_pipeline.io.package import find_packages

Signature = tuple[tuple[str, int, int], ...]

#: What programs and file managers leave in a folder; never part of a package.
_CLUTTER_PREFIXES = (".", "~$")
_CLUTTER = {"Thumbs.db", "desktop.ini", "__MACOSX"}
_CHUNK = 1 << 20
#: Files a checkout may write with other line ends.
_TEXTS = {".py", ".md", ".html", ".toml", ".csv", ".json", ".js", ".css", ".typ", ".txt", ".svg", ".xml"}
#: Folders an installed package carries that lie elsewhere in a source tree.
_BESIDE_THE_PACKAGE = {"reference", "settings"}


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Hashes a release is bound to.

    Attributes:
        files: ``file, role, sha256, bytes, rows``, one row per input file, sorted.
        inputs_hash: sha256 over all input files.
        program_hash: sha256 over sources, templates, fonts and bundles of the package.
        code_version: version of the package.
    """

    files: pl.DataFrame
    inputs_hash: str
    program_hash: str
    code_version: str = __version__


def package_folder(cities: Path, city: str) -> Path:
    """Return the folder of a city's package: as its ``city.toml`` says, else the one named by the adcode.

    Raises:
        DuplicateCityError: two folders claim the city.
    """
    return find_packages(cities).get(city, cities / city)


def input_files(folder: Path) -> list[Path]:
    """Return the files of a city package, sorted; hidden and lock files are not inputs."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path for path in paths if not any(_is_clutter(part) for part in path.relative_to(folder).parts)
    )


def _is_clutter(name: str) -> bool:
    return name.startswith(_CLUTTER_PREFIXES) or name in _CLUTTER


def signature_of(folder: Path) -> Signature:
    """Return name, size and modification time of every file: cheap, and changes when a file does."""
    return tuple(
        (path.relative_to(folder).as_posix(), (facts := path.stat()).st_size, facts.st_mtime_ns)
        for path in input_files(folder)
    )


def hash_file(path: Path) -> str:
    """Return the sha256 of a file."""
    total = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def hash_package(folder: Path) -> str:
    """Return one sha256 over all files of a city package."""
    return hash_of({path.relative_to(folder).as_posix(): hash_file(path) for path in input_files(folder)})


def program_files() -> list[Path]:
    """Return the files of this package that can change a result: sources, templates, fonts, bundles.

    Reference data and settings of Dagster that an installed package carries are left out: the first
    are inputs with hashes of their own, and neither lies inside the package in a source tree.
    """
    root = _package_root()
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix != ".pyc"
        and not _is_clutter(path.name)
        and path.relative_to(root).parts[0] not in _BESIDE_THE_PACKAGE
    )


@cache
def hash_program() -> str:
    """Return one sha256 over :func:`program_files`; line ends of text files do not count.

    Taken once per process: what runs is what was loaded, whatever changes on disk meanwhile.
    """
    root = _package_root()
    return hash_of({path.relative_to(root).as_posix(): _hash_source(path) for path in program_files()})


def _hash_source(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix in _TEXTS:
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


def _package_root() -> Path:
    return Path(__file__).resolve().parent.parent


def reference_files(folder: Path) -> list[Path]:
    """Return the reference tables and the scenarios that ship, sorted."""
    return sorted([*folder.glob("*.csv"), *folder.glob("scenarios/*.toml")])


def take_fingerprints(package: Path, reference: Path, rows: dict[str, int]) -> Fingerprints:
    """Hash everything a release depends on.

    Args:
        package: folder of the city package.
        reference: folder of the reference tables.
        rows: data rows of package files, where known.
    """
    found = [("package", package, path) for path in input_files(package)]
    found += [("reference", reference, path) for path in reference_files(reference)]
    files = pl.DataFrame(
        [
            {
                "file": f"{'' if role == 'package' else 'reference/'}{path.relative_to(root).as_posix()}",
                "role": role,
                "sha256": hash_file(path),
                "bytes": path.stat().st_size,
                "rows": rows.get(path.relative_to(root).as_posix()) if role == "package" else None,
            }
            for role, root, path in found
        ],
        schema={
            "file": pl.String,
            "role": pl.String,
            "sha256": pl.String,
            "bytes": pl.Int64,
            "rows": pl.Int64,
        },
    ).sort("role", "file")
    return Fingerprints(files, hash_of(dict(files.select("file", "sha256").iter_rows())), hash_program())
