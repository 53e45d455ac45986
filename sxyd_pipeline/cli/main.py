"""Entry of ``sxyd``: runs one verb and turns whatever happens into a message and an exit code.

Exit codes: 0 done, 1 data or gate, 2 usage.
"""

import gc
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

from typer.exceptions import Abort, TyperException

from sxyd_pipeline.cli.faults import FileAccessError, UnexpectedError, WrongUsageError
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.cli.session import Session
from sxyd_pipeline.cli.settings import Settings, take_settings
from sxyd_pipeline.cli.verbs import build_command
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.workspace import find_workspace

DONE, DATA, USAGE, INTERRUPTED = 0, 1, 2, 130


#: A run makes millions of short-lived objects and hardly any cycles; at the default thresholds the
#: collector walks the libraries' objects so often that it takes a twentieth of the time.
COLLECT_AFTER = (100_000, 50, 100)


def main() -> None:
    """Run the program with the arguments of the process."""
    gc.set_threshold(*COLLECT_AFTER)
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a character shows its code instead of ending the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if not sys.warnoptions:
        # Remarks of libraries to programmers are nothing a user can act on; `python -W` brings them back.
        warnings.simplefilter("ignore")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one verb.

    Args:
        arguments: everything after the program's name.

    Returns:
        Exit code: 0 done, 1 data or gate, 2 usage, 130 interrupted.
    """
    try:
        settings, rest = take_settings(arguments)
    except WrongUsageError as error:
        Screen(Settings()).fail(error)
        return USAGE
    screen = Screen(settings)
    try:
        return _run_verb(screen, rest)
    except (KeyboardInterrupt, Abort):
        screen.note("已中断；上一次发布不受影响", "interrupted; the last release is untouched")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - outermost frame: it writes the log and ends the program
        _report_crash(screen, error)
        return DATA


def _run_verb(screen: Screen, arguments: Sequence[str]) -> int:
    # Without a verb there is nothing to do: show what there is, and say so in the exit code.
    without_verb = not arguments
    try:
        code = build_command(screen.settings).main(
            list(arguments) or ["--help"], prog_name="sxyd", standalone_mode=False, obj=Session(screen)
        )
    except TyperException as error:
        screen.fail(_usage_fault(error))
        return USAGE
    except SxydError as error:
        screen.fail(error)
        return USAGE if isinstance(error, WrongUsageError) else DATA
    except OSError as error:
        _write_log(error)
        screen.fail(FileAccessError(error))
        return DATA
    return USAGE if without_verb else code if isinstance(code, int) else DONE


def _usage_fault(error: TyperException) -> WrongUsageError:
    message = error.format_message().strip()
    kinds = {
        "MissingParameter": "缺少参数", "NoSuchOption": "没有这个选项", "BadParameter": "参数取值有误",
        "UsageError": "没有这个命令或参数过多",
    }  # fmt: skip
    kind = kinds.get(type(error).__name__, "无法识别")
    return WrongUsageError(
        f"命令写法有误：{kind}（{message}）",
        f"wrong usage: {message}",
        remedy_zh="运行 sxyd --help 或 sxyd <命令> --help 查看用法",
        remedy_en="run sxyd --help or sxyd <verb> --help",
    )


def _report_crash(screen: Screen, error: Exception) -> None:
    log = _write_log(error)
    if screen.settings.debug:
        sys.stderr.write("".join(traceback.format_exception(error)))
    screen.fail(UnexpectedError(error, log))


def _write_log(error: BaseException) -> Path:
    name = f"sxyd-{time.strftime('%Y%m%dT%H%M%S')}-{time.perf_counter_ns() % 1_000_000:06d}.log"
    text = "".join(traceback.format_exception(error))
    folder = find_workspace().published / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    except OSError:
        # A full or read-only disk must not hide the first error behind a second one.
        folder = Path(tempfile.gettempdir())
        (folder / name).write_text(text, encoding="utf-8")
    return folder / name
