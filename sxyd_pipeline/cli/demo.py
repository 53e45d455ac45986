"""``sxyd demo``: the example city from nothing to a release."""

import time
from collections.abc import Sequence
from pathlib import Path

from sxyd_pipeline.cli.cities import SETTINGS, CityFolder
from sxyd_pipeline.cli.listing import show_files, size_in_words
from sxyd_pipeline.cli.run import deliverables_in, run_one, summarise
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.deliverables.result_data.files import FOLDER as DATA
from sxyd_pipeline.example_city import build_example_city
from sxyd_pipeline.example_city.boundaries import MAP_REVIEW_NUMBER
from sxyd_pipeline.example_city.labels import EXAMPLE_ADCODE, REAL, SYNTHETIC
from sxyd_pipeline.io.combined import link_of, newest
from sxyd_pipeline.io.release_folder import MANIFEST
from sxyd_pipeline.io.workspace import Workspace


def run_demo(screen: Screen, workspace: Workspace, deliverables: Sequence[str] = ()) -> int:
    """Build the example package if it is missing, run every asset, publish, and tell where things lie.

    Args:
        screen: where to tell how it goes.
        workspace: where packages, lake and releases lie.
        deliverables: words of those the release shall have, also separated by commas; none means all.

    Raises:
        UnknownChoiceError: there is no such deliverable.
    """
    made = deliverables_in(deliverables)
    started = time.perf_counter()
    folder = workspace.cities / EXAMPLE_ADCODE
    if not (folder / SETTINGS).is_file():
        screen.say("生成示例城市数据包……", "building the package of the example city ...")
        build_example_city(folder)
    screen.say(f"数据包：{folder}", f"package: {folder}")
    report = run_one(screen, workspace, CityFolder(folder), (), made)
    seconds = time.perf_counter() - started
    if report.run is None or report.run.release_id is None:
        summarise(screen, workspace, [report])
        screen.finish(ok=False, verb="demo", seconds=round(seconds, 2), cities=[report.document()])
        return 1
    release = workspace.out / report.run.release_id
    screen.say(f"发布编号：{report.run.release_id}", f"release: {report.run.release_id}", "bold green")
    # Everything at the top of the release: documents, atlas, explorer, database, manifest.
    tops = sorted(path for path in release.iterdir() if path.is_file())
    listed = show_files(screen, tops, workspace.root)
    number, size = _extent(release / DATA)
    if number:
        screen.say(
            f"成果数据：{release / DATA}（{number} 个文件，{size_in_words(size)}；校验和见 {MANIFEST}）",
            f"result tables: {release / DATA} ({number} files, {size_in_words(size)}; sha256 in {MANIFEST})",
        )
    # Systems without links find the newest database through a pointer file.
    link = link_of(workspace)
    database = link if link.exists() else newest(workspace)
    screen.say(f"数据库：{database}", f"database: {database}")
    screen.say(
        f"数据性质：{SYNTHETIC}（部分企业与经济数据为{REAL}，逐行标注）。"
        f"边界：天地图，审图号 {MAP_REVIEW_NUMBER}",
        f"nature of the data: {SYNTHETIC}, invented; some facilities and economy figures are real ({REAL}), "
        f"marked row by row. Boundaries: Tianditu, map review number {MAP_REVIEW_NUMBER}",
        "yellow",
    )
    screen.say(f"用时 {seconds:.1f} 秒", f"took {seconds:.1f} s")
    screen.say(
        '试一试：sxyd sql "select species, sum(emission_t) from inventory.emissions group by 1"',
        'try: sxyd sql "select species, sum(emission_t) from inventory.emissions group by 1"',
    )
    screen.finish(
        ok=True, verb="demo", seconds=round(seconds, 2), release_id=report.run.release_id,
        release=str(release), database=str(database), data=str(release / DATA),
        manifest=str(release / MANIFEST), files=listed, data_label=SYNTHETIC,
        map_review_number=MAP_REVIEW_NUMBER, cities=[report.document()],
    )  # fmt: skip
    return 0 if report.succeeded else 1


def _extent(folder: Path) -> tuple[int, int]:
    """Return number and total size of the files of a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
