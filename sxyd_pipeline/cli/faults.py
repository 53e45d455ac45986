"""What can go wrong at the command line itself."""

from sxyd_pipeline.errors import SxydError


class WrongUsageError(SxydError):
    """The command was written in a way it does not understand; exit code 2."""


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
            remedy_en="check the path, permissions, free space, and whether another program holds the file open",
        )
