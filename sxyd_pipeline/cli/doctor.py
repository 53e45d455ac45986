"""``sxyd doctor``: whether this machine can run the product, point by point."""

import importlib.metadata
import platform
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
from packaging.requirements import Requirement

from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.combined import open_published
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import Workspace, reference_folder
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES

Verdict = Literal["ok", "warn", "fail"]
DISTRIBUTION = "sxyd-pipeline"
_OLDEST_PYTHON, _FIRST_UNTRIED_PYTHON = (3, 11), (3, 13)
#: A city's lake, two releases and the state of Dagster fit into 1 GB; under 200 MB a run would stop half way.
_FEW_BYTES, _TOO_FEW_BYTES = 1_000_000_000, 200_000_000


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Result of one point: what was looked at, the verdict, and in words what was found."""

    point: str
    verdict: Verdict
    zh: str
    en: str


def run_doctor(screen: Screen, workspace: Workspace) -> int:
    """Print every diagnosis; exit code 1 when one fails."""
    found = [diagnosis for check in CHECKS for diagnosis in check(workspace)]
    screen.table(
        [screen.pick("项目", "point"), screen.pick("结果", "verdict"), screen.pick("说明", "what was found")],
        [[item.point, item.verdict, screen.pick(item.zh, item.en)] for item in found],
        styles={"ok": "green", "warn": "yellow", "fail": "bold red"},
    )
    failed = [item.point for item in found if item.verdict == "fail"]
    if failed:
        screen.note(f"未通过：{'、'.join(failed)}", f"failed: {', '.join(failed)}", "bold red")
    else:
        screen.say("可以运行", "ready to run", "green")
    screen.finish(
        ok=not failed,
        verb="doctor",
        checks=[
            {"point": item.point, "verdict": item.verdict, "zh": item.zh, "en": item.en} for item in found
        ],
    )
    return 1 if failed else 0


def check_python(_workspace: Workspace) -> Iterator[Diagnosis]:
    """The interpreter is one the product is tested on."""
    tested = _OLDEST_PYTHON <= sys.version_info[:2] < _FIRST_UNTRIED_PYTHON
    text = f"{platform.python_version()} · {platform.platform(terse=True)}"
    yield Diagnosis("python", "ok" if tested else "fail", text, text)


def check_versions(_workspace: Workspace) -> Iterator[Diagnosis]:
    """Every required package is installed in a version the product allows."""
    wrong = []
    requirements = [
        r for r in declared_requirements() if r.marker is None or r.marker.evaluate({"extra": ""})
    ]
    for requirement in requirements:
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        if not version or version not in requirement.specifier:
            wrong.append(f"{requirement.name} {version or '—'} ({requirement.specifier})")
    if wrong:
        text = "; ".join(wrong)
        yield Diagnosis("packages", "fail", f"版本不符：{text}", f"not as pinned: {text}")
    else:
        number = len(requirements)
        yield Diagnosis("packages", "ok", f"{number} 个依赖版本相符", f"{number} packages as pinned")


def declared_requirements() -> list[Requirement]:
    """Return what the product requires: from the installed metadata, else from the source tree."""
    try:
        lines = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        lines = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [Requirement(line) for line in lines]


def check_ui(_workspace: Workspace) -> Iterator[Diagnosis]:
    """The web server of Dagster is there for ``sxyd ui``."""
    try:
        version = importlib.metadata.version("dagster-webserver")
    except importlib.metadata.PackageNotFoundError:
        yield Diagnosis(
            "ui", "warn", "未安装 dagster-webserver，sxyd ui 不可用：pip install 'sxyd-pipeline[ui]'",
            "dagster-webserver is missing, sxyd ui cannot start: pip install 'sxyd-pipeline[ui]'",
        )  # fmt: skip
    else:
        yield Diagnosis("ui", "ok", f"dagster-webserver {version}", f"dagster-webserver {version}")


def check_fonts(_workspace: Workspace) -> Iterator[Diagnosis]:
    """The bundled fonts have a glyph for every character of GB 2312 and of our own words."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - heavy, needed here only
    from pylopdf_fonts_zh_cn import sans_path, serif_path  # noqa: PLC0415

    wanted = gb2312_characters() | own_characters()
    for path in (sans_path(), serif_path()):
        if not path.is_file():
            yield Diagnosis("font", "fail", f"缺少字体 {path.name}", f"{path.name} is missing")
            continue
        glyphs = FT2Font(str(path)).get_charmap()
        missing = sorted(character for character in wanted if ord(character) not in glyphs)
        if missing:
            shown = "".join(missing[:20])
            yield Diagnosis("font", "fail", f"{path.name} 缺字：{shown}", f"{path.name} lacks: {shown}")
        else:
            number = len(wanted)
            yield Diagnosis(
                "font", "ok", f"{path.name} 覆盖 {number} 字", f"{path.name} has all {number} characters"
            )


def gb2312_characters() -> set[str]:
    """Return the 6763 Chinese characters of GB 2312: rows 16 to 87 of the code table."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return set(b"".join(codes).decode("gb2312", errors="ignore"))


def own_characters() -> set[str]:
    """Return the characters of the product's own Chinese words."""
    words = [table.label for table in TABLES]
    words += [column.label for table in TABLES for column in table.columns]
    words += [activity.zh for activity in ALL_ACTIVITIES]
    return {character for word in words for character in word if not character.isspace()}


def check_disk(workspace: Workspace) -> Iterator[Diagnosis]:
    """There is room for lake, releases and state."""
    free = shutil.disk_usage(_existing(workspace.root)).free
    verdict: Verdict = "ok" if free >= _FEW_BYTES else "warn" if free >= _TOO_FEW_BYTES else "fail"
    yield Diagnosis("disk", verdict, f"剩余 {free / 1e9:.1f} GB", f"{free / 1e9:.1f} GB free")


def check_writing(workspace: Workspace) -> Iterator[Diagnosis]:
    """Every folder the product writes to can be written."""
    for name, folder in (
        ("cities", workspace.cities), ("lake", workspace.lake),
        ("published", workspace.published), ("out", workspace.out),
    ):  # fmt: skip
        try:
            with tempfile.NamedTemporaryFile(dir=_existing(folder)):
                yield Diagnosis(f"write {name}", "ok", str(folder), str(folder))
        except OSError as error:
            reason = f"{folder}: {error.strerror}"
            yield Diagnosis(f"write {name}", "fail", f"不可写 {reason}", f"cannot be written {reason}")


def check_database(workspace: Workspace) -> Iterator[Diagnosis]:
    """The published database opens read-only and answers."""
    if not any(workspace.published.glob("*.duckdb")):
        yield Diagnosis(
            "database", "warn", "尚未发布；运行 sxyd demo", "nothing published yet; run sxyd demo"
        )
        return
    try:
        connection = open_published(workspace)
        try:
            rows = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
        finally:
            connection.close()
    except (SxydError, duckdb.Error) as error:
        yield Diagnosis("database", "fail", f"无法打开：{error}", f"cannot be opened: {error}")
    else:
        number = rows[0] if rows else 0
        yield Diagnosis("database", "ok", f"可打开，{number} 张表", f"opens, {number} tables")


def check_dagster_home(workspace: Workspace) -> Iterator[Diagnosis]:
    """The state of Dagster is there, or will be made by the first run."""
    home = workspace.dagster_home
    if (home / "dagster.yaml").is_file():
        yield Diagnosis("dagster home", "ok", str(home), str(home))
    else:
        yield Diagnosis("dagster home", "ok", f"{home}（首次运行时创建）", f"{home} (made by the first run)")


def check_reference(_workspace: Workspace) -> Iterator[Diagnosis]:
    """Reference data loads."""
    try:
        reference = load_reference(reference_folder())
    except SxydError as error:
        yield Diagnosis("reference", "fail", error.in_language("zh"), error.in_language("en"))
    else:
        number = reference.emission_factors.height
        yield Diagnosis("reference", "ok", f"{number} 个排放因子", f"{number} emission factors")


CHECKS: tuple[Callable[[Workspace], Iterator[Diagnosis]], ...] = (
    check_python, check_versions, check_ui, check_fonts, check_disk, check_writing, check_dagster_home,
    check_reference, check_database,
)  # fmt: skip


def _existing(folder: Path) -> Path:
    """Return the path, or the nearest one above it that exists."""
    return folder if folder.exists() else _existing(folder.parent)
