"""``sxyd synth``: synthetic packages of any size."""

import time
from pathlib import Path

from sxyd_pipeline.cli.faults import WrongUsageError
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.example_city import build_synthetic_cities
from sxyd_pipeline.example_city.boundaries import TooFewPrefecturesError
from sxyd_pipeline.example_city.generator import DEFAULT_SEED
from sxyd_pipeline.example_city.labels import SYNTHETIC
from sxyd_pipeline.example_city.synth import BadSizeError


def make_packages(
    screen: Screen, folder: Path, *, cities: int, facilities: int, control_units: int, seed: int | None
) -> int:
    """Write packages and tell where they lie.

    Raises:
        WrongUsageError: a number is too small, or there are not so many prefectures.
    """
    started = time.perf_counter()
    chosen = DEFAULT_SEED if seed is None else seed
    try:
        written = build_synthetic_cities(folder, cities, facilities, control_units, chosen)
    except (BadSizeError, TooFewPrefecturesError) as error:
        raise WrongUsageError(
            error.zh, error.en, remedy_zh=error.remedy_zh, remedy_en=error.remedy_en
        ) from error
    seconds = time.perf_counter() - started
    screen.table(
        [screen.pick("城市", "city"), screen.pick("数据包", "package")],
        [[path.name, path] for path in written],
    )
    screen.say(
        f"{SYNTHETIC}：{len(written)} 个数据包，种子 {chosen}，用时 {seconds:.1f} 秒",
        f"{SYNTHETIC} (invented): {len(written)} packages, seed {chosen}, took {seconds:.1f} s",
        "yellow",
    )
    screen.finish(
        ok=True, verb="synth", seed=chosen, seconds=round(seconds, 2), data_label=SYNTHETIC,
        packages=[str(path) for path in written],
    )  # fmt: skip
    return 0
