"""A city package: a folder with ``city.toml``, tables, layers and proxies."""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sxyd_pipeline.core.inputs.config import MODULES, CityConfig
from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.core.inputs.raw import RawLayer, RawTable, UnreadFile
from sxyd_pipeline.io.package_errors import (
    AmbiguousTableError,
    DuplicateCityError,
    MissingConfigError,
    MissingLayerError,
    MissingTableError,
    PathOutsidePackageError,
    UnreadableConfigError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from sxyd_pipeline.io.readers_layer import LAYER_SUFFIXES, read_layer
from sxyd_pipeline.io.readers_parquet import read_parquet_table
from sxyd_pipeline.io.readers_text import decode_text, read_csv_table
from sxyd_pipeline.io.readers_workbook import read_workbook_table
from sxyd_pipeline.io.shapes import OPTIONAL_TABLES, TABLE_LABELS, TABLE_MODULES, shape_of
from sxyd_pipeline.vocabulary.codes import ADCODE
from sxyd_pipeline.vocabulary.elements import LAYERS, REQUIRED_LAYERS

CONFIG_FILE = "city.toml"
ZONES, PROXIES = "zones", "proxies"
_TABLE_READERS = {".csv": read_csv_table, ".xlsx": read_workbook_table, ".parquet": read_parquet_table}
#: Formats people have that are not read; they deserve a better answer than "missing".
_OTHER_TABLE_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".tsv", ".txt", ".json", ".dbf")
_OTHER_LAYER_SUFFIXES = (".kml", ".kmz", ".dwg", ".dxf", ".tab", ".mif", ".gdb", ".7z", ".rar")
#: Names of layers on government platforms and in Chinese.
LAYER_ALIASES: dict[str, tuple[str, ...]] = {
    "districts": ("区县", "行政区", "行政区划", "XZQ"),
    "control_units": ("HJGKDY", "HJZHGKDY", "环境管控单元", "管控单元"),
    "ecology": ("STKJ", "STHJYSGKFQ", "生态", "生态空间"),
    "water": ("SHJGKFQ", "水环境", "水环境管控分区"),
    "air": ("DQHJGKFQ", "大气环境", "大气环境管控分区"),
    "soil": ("TRHJGKFQ", "土壤", "土壤环境管控分区"),
    "resources": ("ZRZYGKFQ", "自然资源", "自然资源管控分区"),
    "coastal": ("JAHYGKFQ", "近岸海域", "近岸海域管控分区"),
}


@dataclass(frozen=True, slots=True)
class CityPackage:
    """One city's package, opened: settings parsed, files found; tables and layers are read when asked for."""

    folder: Path
    config: CityConfig

    def table(self, name: str) -> RawTable:
        """Read one table as text.

        Args:
            name: table of the package (``facilities``, ``energy`` ...).

        Returns:
            The rows as read; an optional table that was not brought has no columns and no rows.

        Raises:
            MissingTableError: a required table is not there.
            AmbiguousTableError: two files stand for the table.
            SxydError: the file cannot be read; the class names the reason.
        """
        stems = (name, TABLE_LABELS[name])
        path = self._only_file(name, self.folder, stems, tuple(_TABLE_READERS), _OTHER_TABLE_SUFFIXES)
        if path is not None:
            return _TABLE_READERS[path.suffix.lower()](path, name, self._relative(path))
        if name in OPTIONAL_TABLES:
            nothing = pl.DataFrame(schema={"source_sheet": pl.String, "source_row": pl.Int64})
            return RawTable(name, "", nothing, shape_of(name))
        raise MissingTableError(name, TABLE_LABELS[name], [f"{s}{x}" for s in stems for x in _TABLE_READERS])

    def layers(self) -> tuple[RawLayer, ...]:
        """Read the polygon layers of the package, in the order of the vocabulary.

        The layer of a module that is off is not read; :meth:`unread` names it.

        Raises:
            MissingLayerError: a required layer, or the layer of a module that is switched on, is not there.
            AmbiguousTableError: two files stand for a layer.
        """
        layers = []
        for name in LAYERS:
            if name in MODULES and not self.config.has_module(name):
                continue
            stems = (name, *LAYER_ALIASES[name])
            path = self._only_file(name, self.folder / ZONES, stems, LAYER_SUFFIXES, _OTHER_LAYER_SUFFIXES)
            if path is not None:
                layers.append(read_layer(path, name, self._relative(path), LAYER_ALIASES[name]))
            elif name in REQUIRED_LAYERS or self.config.has_module(name):
                raise MissingLayerError(name, [f"{ZONES}/{name}{suffix}" for suffix in LAYER_SUFFIXES])
        return tuple(layers)

    def proxies(self) -> tuple[RawLayer, ...]:
        """Read the proxy layers, sorted by name; the file's name is the proxy's.

        Raises:
            AmbiguousTableError: two files stand for a proxy.
        """
        folder = self.folder / PROXIES
        stems = sorted({_stem(path) for path in self._listing(folder) if _suffix(path) in LAYER_SUFFIXES})
        found = [(stem, self._only_file(stem, folder, (stem,), LAYER_SUFFIXES, ())) for stem in stems]
        return tuple(read_layer(path, stem, self._relative(path)) for stem, path in found if path is not None)

    def unread(self) -> tuple[UnreadFile, ...]:
        """Return the files that wait for a module to be switched on, sorted."""
        tables = {name: (name, TABLE_LABELS[name]) for name, module in TABLE_MODULES.items() if module}
        layers = {name: (name, *LAYER_ALIASES[name]) for name in LAYERS if name in MODULES}
        found = [
            UnreadFile(name, self._relative(path), TABLE_MODULES.get(name, name))
            for folder, spellings in ((self.folder, tables), (self.folder / ZONES, layers))
            for name, stems in spellings.items()
            if not self.config.has_module(TABLE_MODULES.get(name, name))
            for path in self._listing(folder)
            if _stem(path).casefold() in {stem.casefold() for stem in stems}
        ]
        return tuple(sorted(found, key=lambda one: one.file))

    def files(self) -> list[tuple[str, Path]]:
        """List every file of the package by its path inside it, sorted; hidden and lock files left out.

        Raises:
            PathOutsidePackageError: a link leads out of the package.
        """
        found = []
        for folder, subfolders, names in os.walk(self.folder):
            subfolders[:] = sorted(name for name in subfolders if not _is_clutter(name))
            for name in (*subfolders, *names):
                self._refuse_outside(Path(folder) / name)
            found += [Path(folder) / name for name in names if not _is_clutter(name)]
        return sorted((self._relative(path), path) for path in found)

    def content_hash(self) -> str:
        """Return the SHA-256 of all files: their paths and their bytes."""
        digest = hashlib.sha256()
        for relative, path in self.files():
            with path.open("rb") as file:
                inner = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{relative}\0{inner}\n".encode())
        return digest.hexdigest()

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _refuse_outside(self, path: Path) -> None:
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise PathOutsidePackageError(self._relative(path))

    def _listing(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.is_file() and not _is_clutter(path.name))

    def _only_file(
        self,
        name: str,
        folder: Path,
        stems: tuple[str, ...],
        suffixes: tuple[str, ...],
        others: tuple[str, ...],
    ) -> Path | None:
        folded = {stem.casefold() for stem in stems}
        named = [path for path in self._listing(folder) if _stem(path).casefold() in folded]
        found = [path for path in named if _suffix(path) in suffixes]
        if len(found) > 1:
            raise AmbiguousTableError(name, [self._relative(path) for path in found])
        if found:
            self._refuse_outside(folder)
            self._refuse_outside(found[0])
            return found[0]
        foreign = [path for path in named if _suffix(path) in others]
        if foreign:
            raise UnsupportedFormatError(self._relative(foreign[0]), suffixes)
        return None


def open_package(folder: Path) -> CityPackage:
    """Open a city package.

    Raises:
        MissingConfigError: there is no city.toml.
        UnreadableConfigError: city.toml is not TOML.
        InvalidConfigError: a key or value of city.toml is not allowed.
    """
    path = folder / CONFIG_FILE
    if not path.is_file():
        raise MissingConfigError(str(folder))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PathOutsidePackageError(CONFIG_FILE)
    try:
        document = tomllib.loads(decode_text(path.read_bytes(), CONFIG_FILE))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableConfigError(CONFIG_FILE, str(error)) from error
    except OSError as error:
        raise UnreadableFileError(CONFIG_FILE, error.strerror or str(error)) from error
    return CityPackage(folder, parse_config(document, CONFIG_FILE))


def find_packages(cities: Path) -> dict[str, Path]:
    """Find the city packages in a folder: subfolders with a city.toml, or the folder itself.

    A subfolder named by a six-digit code is taken by its name, so that one unreadable package does not
    hide the others; another name is looked up in its city.toml, and kept as it is where that fails.

    Args:
        cities: folder of packages, or a package.

    Returns:
        Folder by adcode, sorted.

    Raises:
        DuplicateCityError: two folders claim one city.
    """
    if (cities / CONFIG_FILE).is_file():
        return {_adcode_of(cities): cities}
    if not cities.is_dir():
        return {}
    found: dict[str, Path] = {}
    for folder in sorted(path for path in cities.iterdir() if (path / CONFIG_FILE).is_file()):
        if _is_clutter(folder.name):
            continue
        adcode = folder.name if ADCODE.match(folder.name) else _adcode_of(folder)
        if adcode in found:
            raise DuplicateCityError(adcode, [found[adcode].name, folder.name])
        found[adcode] = folder
    return dict(sorted(found.items()))


def _adcode_of(folder: Path) -> str:
    """Return the adcode a city.toml states, or the folder's name where it cannot be read."""
    try:
        adcode = tomllib.loads((folder / CONFIG_FILE).read_bytes().decode("utf-8-sig")).get("adcode")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        # Opening the package tells what is wrong; here the folder must only not disappear.
        return folder.name
    return adcode if isinstance(adcode, str) and ADCODE.match(adcode) else folder.name


def _is_clutter(name: str) -> bool:
    """Tell hidden files, lock files of spreadsheet programs, and what file managers leave."""
    return name.startswith((".", "~$")) or name in {"Thumbs.db", "desktop.ini", "__MACOSX"}


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def _stem(path: Path) -> str:
    """Return the name without suffixes; a zipped shapefile may carry two (``air.shp.zip``)."""
    stem = path.stem
    return stem[: -len(".shp")] if _suffix(path) == ".zip" and stem.lower().endswith(".shp") else stem
