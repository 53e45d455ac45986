"""``sxyd ui``: the Dagster UI and its daemon, on the state of this folder."""

import importlib.util
import os
import socket
import subprocess
import sys

from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.durable import replace_file
from sxyd_pipeline.io.workspace import HOME_VARIABLE, Workspace
from sxyd_pipeline.runs import open_instance

WORKSPACE_FILE = "workspace.yaml"
LOCATION = """load_from:
  - python_module:
      module_name: sxyd_pipeline.definitions
      location_name: sxyd
"""
_LOCAL = ("127.0.0.1", "localhost", "::1")


class UiMissingError(SxydError):
    """The web server of Dagster is not installed."""

    def __init__(self) -> None:
        """Say how to install it."""
        super().__init__(
            "没有安装 Dagster 界面（dagster-webserver）",
            "the Dagster UI (dagster-webserver) is not installed",
            remedy_zh="安装：pip install 'sxyd-pipeline[ui]'",
            remedy_en="install it: pip install 'sxyd-pipeline[ui]'",
        )


class PortTakenError(SxydError):
    """Another program listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        """Name the address."""
        super().__init__(
            f"端口已被占用：{host}:{port}",
            f"the port is taken: {host}:{port}",
            remedy_zh=f"换一个端口，如 --port {port + 1}，或关闭占用它的程序",
            remedy_en=f"choose another port, such as --port {port + 1}, or close the program that holds it",
        )


def start_ui(screen: Screen, workspace: Workspace, host: str, port: int) -> int:
    """Start web server and daemon and stay until they end.

    Raises:
        UiMissingError: the web server is not installed.
        PortTakenError: another program listens there.
    """
    if importlib.util.find_spec("dagster_webserver") is None:
        raise UiMissingError
    require_free(host, port)
    # The folder of the instance and its settings are made when missing.
    open_instance(workspace).dispose()
    write_workspace(workspace)
    address = f"http://{host}:{port}"
    screen.say(f"Dagster 界面：{address}（Ctrl+C 结束）", f"Dagster UI: {address} (Ctrl+C ends it)", "green")
    if host not in _LOCAL:
        screen.note(
            "界面没有口令：同一网络中的任何人都能查看和运行",
            "the UI has no password: anybody on this network can look and run",
        )
    screen.finish(ok=True, verb="ui", address=address, dagster_home=str(workspace.dagster_home))
    return become(command(workspace, host, port), environment(workspace))


def become(command: list[str], environment: dict[str, str]) -> int:
    """Turn this process into Dagster, so that signals reach it directly; Windows needs a child process."""
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, environment)  # noqa: S606 - our own interpreter and fixed words
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - as above


def command(workspace: Workspace, host: str, port: int) -> list[str]:
    """Return the command that starts Dagster with our definitions."""
    file = str(workspace.dagster_home / WORKSPACE_FILE)
    return [sys.executable, "-m", "dagster", "dev", "-w", file, "-h", host, "-p", str(port)]


def write_workspace(workspace: Workspace) -> None:
    """Tell Dagster where the definitions are; the location has the same name as in the source tree."""
    replace_file(workspace.dagster_home / WORKSPACE_FILE, LOCATION.encode())


def environment(workspace: Workspace) -> dict[str, str]:
    """Return the environment of Dagster: its home, and the folder our definitions work on."""
    return {
        **os.environ,
        "DAGSTER_HOME": str(workspace.dagster_home),
        HOME_VARIABLE: str(workspace.root),
        "DO_NOT_TRACK": "1",
        "PYTHONUTF8": "1",
        # Remarks of Dagster to its own programmers are nothing a user can act on.
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore"),
    }


def require_free(host: str, port: int) -> None:
    """Fail early when the port is taken: Dagster itself would choose another one silently.

    Raises:
        PortTakenError: something listens on the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":
            # A server that has just ended leaves the port waiting; that is no reason to refuse.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(host, port) from error
