"""``sxyd status``: what is materialised, stale, failed and published, with reasons."""

from dataclasses import asdict

from sxyd_pipeline.cli.cities import SETTINGS, NoPackageError, packages_in
from sxyd_pipeline.cli.freshness import CityState, look_at_city, published_releases
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.io.workspace import Workspace

_WORDS = {
    "fresh": ("最新", "fresh"),
    "stale": ("过期", "stale"),
    "failed": ("未通过", "failed"),
    "never": ("未计算", "never"),
}


def show_status(screen: Screen, workspace: Workspace, city: str | None) -> int:
    """Print the state of one city or of all.

    Raises:
        NoPackageError: the city is neither in the folder of packages nor published.
    """
    releases = published_releases(workspace)
    packages = {path.name: path for path in packages_in(workspace.cities)}
    if (workspace.cities / SETTINGS).is_file():
        packages[workspace.cities.name] = workspace.cities
    known = sorted({*packages, *releases})
    if city is not None and city not in known:
        raise NoPackageError(city, workspace.cities / city, known)
    states = [
        look_at_city(workspace, one, packages.get(one), releases.get(one))
        for one in ([city] if city else known)
    ]
    if not states:
        screen.say(
            "还没有城市数据包；运行 sxyd demo 或 sxyd init", "no city package yet; run sxyd demo or sxyd init"
        )
    for state in states:
        _show(screen, state)
    screen.finish(ok=True, verb="status", cities=[asdict(state) for state in states])
    return 0


def _show(screen: Screen, state: CityState) -> None:
    words = {name: screen.pick(*pair) for name, pair in _WORDS.items()}
    release = state.release_id or "—"
    screen.say(f"{state.city} · 发布：{release}", f"{state.city} · release: {release}", "bold")
    screen.table(
        [screen.pick("分组", "group"), screen.pick("状态", "state"), screen.pick("已存", "stored"),
         screen.pick("原因", "reasons")],
        [
            [
                group.group, words[group.state], f"{group.stored}/{group.assets}",
                "\n".join(screen.pick(reason.zh, reason.en) for reason in group.reasons),
            ]
            for group in state.groups
        ],
        numeric=(2,),
        styles={words["fresh"]: "green", words["stale"]: "yellow", words["failed"]: "bold red"},
    )  # fmt: skip
