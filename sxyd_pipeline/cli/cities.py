"""Which packages a person means by a code, a folder of one package, or a folder of packages."""

from dataclasses import dataclass, replace
from pathlib import Path

from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.workspace import Workspace
from sxyd_pipeline.vocabulary.codes import ADCODE

SETTINGS = "city.toml"


@dataclass(frozen=True, slots=True)
class CityFolder:
    """A package on disk; its folder is named after the code of the city."""

    folder: Path

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name


class NoPackageError(SxydError):
    """There is no city package where one was looked for."""

    def __init__(self, wanted: str, folder: Path, present: list[str]) -> None:
        """Say where was looked, and what is there."""
        listed = "、".join(present) or "—"
        super().__init__(
            f"没有找到城市数据包 {wanted}：{folder} 中没有 {SETTINGS}；现有数据包：{listed}",
            f"no city package {wanted}: there is no {SETTINGS} in {folder}; packages there: {listed}",
            remedy_zh="用 --dir 指明数据包所在文件夹，或先运行 sxyd init <代码>",
            remedy_en="name the folder of packages with --dir, or run sxyd init CODE first",
        )


class FolderNameError(SxydError):
    """A package that is to be run must lie in a folder named after its city."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__(
            f"数据包文件夹名应为六位城市代码：{folder}",
            f"the folder of a package must be named after the six-digit code of its city: {folder}",
            remedy_zh="把文件夹改名为 city.toml 中的 adcode",
            remedy_en="rename the folder to the adcode of its city.toml",
        )


def find_cities(workspace: Workspace, wanted: str) -> list[CityFolder]:
    """Return the packages meant.

    Args:
        workspace: its ``cities`` is the folder of packages, or one package (``--dir``).
        wanted: a code, the folder of a package, or a folder that holds packages.

    Raises:
        NoPackageError: there is no package.
    """
    if ADCODE.match(wanted):
        candidates = [workspace.cities / wanted, workspace.cities]
        found = [path for path in candidates if path.name == wanted and (path / SETTINGS).is_file()]
        if not found:
            raise NoPackageError(wanted, candidates[0], [path.name for path in packages_in(workspace.cities)])
        return [CityFolder(found[0])]
    folder = Path(wanted).resolve()
    if (folder / SETTINGS).is_file():
        return [CityFolder(folder)]
    inside = packages_in(folder)
    if not inside:
        raise NoPackageError(wanted, folder, [path.name for path in packages_in(workspace.cities)])
    return [CityFolder(path) for path in inside]


def packages_in(folder: Path) -> list[Path]:
    """Return the packages of a folder, by name."""
    return sorted(path.parent for path in folder.glob(f"*/{SETTINGS}"))


def workspace_of(workspace: Workspace, city: CityFolder) -> Workspace:
    """Return the workspace whose folder of packages holds this one.

    Raises:
        FolderNameError: the folder is not named after a city.
    """
    if not ADCODE.match(city.name):
        raise FolderNameError(city.folder)
    return replace(workspace, cities=city.folder.parent)
