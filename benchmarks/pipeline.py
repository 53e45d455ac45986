"""CPU seconds and memory of a whole city by group, and how both grow with the size of the city, in one run.

Every city runs in a process of its own, as users run it. Printed are CPU seconds (user and system) of each
group, what Dagster does between the steps, starting up, and the largest resident memory after each group.
With sizes, invented cities are run instead of the example; the last column is the ratio of the largest
city to the smallest.

Run: ``python benchmarks/pipeline.py`` or ``python benchmarks/pipeline.py 500x200 1000x400 2000x800``
(facilities x control units)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

SEED = 20211027
START, BETWEEN = "start-up", "between steps"
SLOWEST = 12


def main(sizes: list[str]) -> None:
    """Run every city, print the table."""
    found = {}
    for size in sizes or ["example"]:
        with tempfile.TemporaryDirectory() as home:
            command = [sys.executable, __file__, "--city", size, home]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[size] = json.loads(done.stdout.splitlines()[-1])
    names = list(dict.fromkeys(group for run in found.values() for group in run["cpu_s"]))
    print(f"{'CPU seconds':16s}" + "".join(f"{size:>12s}" for size in found) + f"{'share or ratio':>18s}")
    for name in [*names, "total"]:
        spent = [
            sum(run["cpu_s"].values()) if name == "total" else run["cpu_s"].get(name, 0.0)
            for run in found.values()
        ]
        last = (
            f"{spent[-1] / max(spent[0], 0.01):17.1f}x"
            if len(spent) > 1
            else f"{spent[0] / sum(next(iter(found.values()))['cpu_s'].values()):18.0%}"
        )
        print(f"{name:16s}" + "".join(f"{seconds:12.2f}" for seconds in spent) + last)
    print(f"{'peak memory, MB':16s}" + "".join(f"{max(run['mb'].values()):12.0f}" for run in found.values()))
    for size, run in found.items():
        print(f"{size}: wall {run['wall_s']:.0f} s; memory after each group, MB: "
              + ", ".join(f"{group} {mb:.0f}" for group, mb in run["mb"].items()))  # fmt: skip
        print("  slowest steps: " + ", ".join(f"{asset} {s:.1f}" for asset, s in run["slowest"]))


def run_one(size: str, home: Path) -> None:
    """Run one city in this process and print what it took as JSON."""
    import gc  # noqa: PLC0415 - imports are part of what is timed

    from sxyd_pipeline.cli.main import COLLECT_AFTER  # noqa: PLC0415

    gc.set_threshold(*COLLECT_AFTER)
    from sxyd_pipeline.assets.declaration import DECLARATIONS  # noqa: PLC0415
    from sxyd_pipeline.checks.expectations import warm_up  # noqa: PLC0415
    from sxyd_pipeline.example_city import build_example_city, build_synthetic_cities  # noqa: PLC0415
    from sxyd_pipeline.io.workspace import find_workspace  # noqa: PLC0415
    from sxyd_pipeline.runs import run_city  # noqa: PLC0415

    started = time.process_time()
    workspace = find_workspace(home)
    if size == "example":
        folder = build_example_city(workspace.cities / "321100")
    else:
        facilities, units = (int(number) for number in size.split("x"))
        (folder,) = build_synthetic_cities(workspace.cities, 1, facilities, units, SEED)
    built = time.process_time() - started
    cpu_s: dict[str, float] = defaultdict(float, {START: started, "package": built})
    mb: dict[str, float] = {}
    steps: dict[str, float] = {}
    last, began = time.process_time(), time.perf_counter()

    def note(asset: str, state: str, _seconds: float) -> None:
        nonlocal last
        if state == "working":
            return
        now = time.process_time()
        if state == "started":
            cpu_s[BETWEEN] += now - last
        else:
            group = DECLARATIONS[asset].group
            steps[asset] = now - last
            cpu_s[group] += now - last
            mb[group] = _peak_mb()
        last = now

    warm_up()
    run = run_city(workspace, folder.name, None, note)
    if not run.success:
        raise SystemExit("\n".join(failure.en for failure in run.failures))
    cpu_s[BETWEEN] += time.process_time() - last
    slowest = sorted(steps.items(), key=lambda step: -step[1])[:SLOWEST]
    print(json.dumps({"cpu_s": cpu_s, "mb": mb, "slowest": slowest, "wall_s": time.perf_counter() - began}))


def _peak_mb() -> float:
    """Return the largest resident memory so far (MB); where the system does not tell, 0."""
    status = Path("/proc/self/status")
    if os.name != "posix" or not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--city"]:
        run_one(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1:])
