# ruff: noqa: E501 - one action, one line
"""How fast the explorer answers, in headless Chromium, and how large it is; for any release.

Milliseconds of what a hand does: switch the indicator (colours, legend, table, map), redraw all areas after
a zoom, mark a unit under the pointer, move the picture while dragging, scroll and filter the table. A frame
of a screen lasts 17 ms; below about 50 ms an answer feels immediate.

Run: ``python benchmarks/explorer.py out/<release> [out/<another>]``; the last column compares the two.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.explorer.page import FILE, write
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline_tests.browser import Page

REPEATS = 15
#: Each is run between two frames; the canvas is read back, so that drawing is over when the clock stops.
ACTIONS = {
    "switch indicator": "const s = document.getElementById('indicator'); s.selectedIndex = (s.selectedIndex + 1) % s.options.length; s.dispatchEvent(new Event('change'));",
    "redraw all areas": "window.dispatchEvent(new Event('resize')); document.querySelector('#controls button').click();",
    "mark under pointer": "point(0.3 + 0.4 * Math.random(), 0.3 + 0.4 * Math.random(), 'pointermove');",
    "drag": "point(0.5, 0.5, 'pointerdown'); point(0.5 + 0.1 * Math.random(), 0.5, 'pointermove'); point(0.55, 0.5, 'pointerup');",
    "scroll table": "const b = document.querySelector('.tbody'); b.scrollTop = Math.random() * b.scrollHeight;",
    "filter table": "const i = document.querySelector('#controls input[type=search]'); i.value = i.value ? '' : '1'; i.dispatchEvent(new Event('input'));",
}
HELPERS = """
const canvas = document.getElementById('map');
function point(fx, fy, kind) {
  const box = canvas.getBoundingClientRect();
  canvas.dispatchEvent(new PointerEvent(kind, { clientX: box.left + fx * box.width, clientY: box.top + fy * box.height, pointerId: 1, bubbles: true }));
}
canvas.setPointerCapture = () => {};
"""
TIMED = """
(async () => {{
  {helpers}
  const spent = [];
  for (let n = 0; n < {repeats}; n += 1) {{
    await new Promise((done) => setTimeout(done, 160));
    const began = performance.now();
    {action}
    await new Promise((done) => requestAnimationFrame(() => {{ setTimeout(done, 0); }}));
    canvas.getContext('2d').getImageData(0, 0, 1, 1);
    spent.push(performance.now() - began);
  }}
  return JSON.stringify(spent.sort((a, b) => a - b));
}})()
"""


def main(folders: list[Path]) -> None:
    """Measure every release and print one table."""
    columns = [measure(folder) for folder in folders]
    for name in columns[0]:
        values = [column[name] for column in columns]
        ratio = f"{values[-1] / values[0]:8.1f}x" if len(values) > 1 and values[0] else ""
        print(f"{name:34s}" + "".join(f"{value:12.1f}" for value in values) + ratio)


def measure(folder: Path) -> dict[str, float]:
    """Return sizes, and the median of the repeats in milliseconds, of one release."""
    edition = Edition.of(ReleaseFolder(folder).read())
    began = time.perf_counter()
    content = write(edition, "zh", lambda _what, _done, _of: None)[FILE]
    found = {
        "control units": float(edition.table("zoning.control_units").height),
        "write, s": time.perf_counter() - began,
        "size, MB": len(content) / 1e6,
    }
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / FILE
        path.write_bytes(content)
        began = time.perf_counter()
        with Page(path.as_uri()) as page:
            page.wait_for("document.body && document.body.dataset.ready")
            page.wait_for("document.querySelectorAll('.trow').length > 3")
            found["open, s"] = time.perf_counter() - began
            for name, action in ACTIONS.items():
                code = TIMED.format(helpers=HELPERS, repeats=REPEATS, action=action)
                spent = json.loads(page.evaluate(code))
                found[f"{name}, ms"] = spent[len(spent) // 2]
            if page.requests or page.faults:
                raise SystemExit(f"requests {page.requests}, faults {page.faults}")
    return found


if __name__ == "__main__":
    releases = [Path(one) for one in sys.argv[1:]] or sorted(Path("out").glob("*-*-*"))[:1]
    if not releases:
        raise SystemExit("name a release: python benchmarks/explorer.py out/<release>")
    main(releases)
