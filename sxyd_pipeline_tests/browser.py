"""A page in headless Chromium, driven over its debugging protocol: enough to open, click, ask and look."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from websockets.sync.client import connect

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed on this machine")

#: Without these the browser looks for its maker's servers at every start.
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
_LONGEST_SECONDS = 90.0


class Page:
    """One page; ``requests`` holds every address outside the page itself that it asked for."""

    def __init__(self, address: str, width: int = 1440, height: int = 860) -> None:
        self.held = ExitStack()
        with ExitStack() as opening:
            self._open(opening, address, width, height)
            self.held = opening.pop_all()

    def _open(self, opening: ExitStack, address: str, width: int, height: int) -> None:
        self.profile = tempfile.mkdtemp(prefix="sxyd-browser-")
        opening.callback(shutil.rmtree, self.profile, ignore_errors=True)
        self.process = subprocess.Popen(
            [str(CHROMIUM), *_QUIET, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        opening.callback(self._end)
        self.events: list[dict[str, Any]] = []
        self.calls = 0
        self.socket = opening.enter_context(connect(self._endpoint(), max_size=None, compression=None))
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=address)

    def __enter__(self) -> Self:
        """Return the open page."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close page and browser."""
        self.held.close()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()

    def _endpoint(self) -> str:
        told, started = Path(self.profile, "DevToolsActivePort"), time.monotonic()
        while time.monotonic() - started < _LONGEST_SECONDS:
            lines = told.read_text().split() if told.exists() else []
            if lines:
                with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json") as answer:
                    pages = [one for one in json.load(answer) if one["type"] == "page"]
                if pages:
                    return str(pages[0]["webSocketDebuggerUrl"])
            time.sleep(0.05)
        message = "Chromium did not start"
        raise TimeoutError(message)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        self.calls += 1
        self.socket.send(json.dumps({"id": self.calls, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=_LONGEST_SECONDS))
            if answer.get("id") == self.calls:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def evaluate(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        started = time.monotonic()
        while time.monotonic() - started < _LONGEST_SECONDS:
            value = self.evaluate(expression)
            if value:
                return value
            time.sleep(0.05)
        raise TimeoutError(expression)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=_CODES[key]
            )

    @property
    def requests(self) -> list[str]:
        asked = [
            str(event["params"]["request"]["url"])
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]
        own = ("data:", "blob:", "file:", "about:", "sxyd-engine:")
        return [address for address in asked if not address.startswith(own)]

    @property
    def faults(self) -> list[str]:
        return [
            json.dumps(event["params"])
            for event in self.events
            if event["method"] == "Runtime.exceptionThrown"
            or event["method"] == "Page.javascriptDialogOpening"
            or (event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error")
        ]


_CODES = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}
