"""What can go wrong at the command line itself."""

from collections.abc import Sequence
from pathlib import Path

from sxyd_pipeline.errors import SxydError


class WrongUsageError(SxydError):
    """The command was written in a way it does not understand; exit code 2."""


class UnknownChoiceError(WrongUsageError):
    """An option or argument takes one of a few words, and this is none of them."""

    def __init__(self, name: str, value: str, choices: Sequence[str]) -> None:
        """Say which words are taken."""
        listed = ", ".join(choices)
        super().__init__(
            f"{name} 不接受“{value}”",
            f"{name} does not take {value!r}",
            remedy_zh=f"可用取值：{listed}",
            remedy_en=f"choose from: {listed}",
        )


class UnexpectedError(SxydError):
    """Something happened that nobody thought of; its traceback is in a log."""

    def __init__(self, error: Exception, log: Path) -> None:
        """Say what happened in one line, and where the traceback is."""
        summary = f"{type(error).__name__}: {error}".splitlines()[0]
        super().__init__(
            f"程序出现未预料的错误：{summary}",
            f"unexpected error: {summary}",
            remedy_zh=f"详情已写入 {log}；请把该文件连同所用命令一起反馈（加 --debug 可在屏幕上显示）",
            remedy_en=f"details are in {log}; report it together with the command (--debug shows them here)",
        )


class FileAccessError(SxydError):
    """A file or folder cannot be read or written."""

    def __init__(self, error: OSError) -> None:
        """Say which file, and what the system answered."""
        name = str(error.filename or "")
        reason = error.strerror or str(error)
        super().__init__(
            f"无法读写文件 {name}：{reason}",
            f"cannot read or write {name}: {reason}",
            remedy_zh="检查路径、权限、磁盘空间，以及文件是否被其他程序打开",
            remedy_en="check path, permissions and free space, and whether another program holds the file",
        )
