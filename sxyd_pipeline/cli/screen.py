"""Everything the program prints: text in one language, tables, or one JSON document."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sxyd_pipeline.cli.settings import Settings
from sxyd_pipeline.errors import SxydError

#: Width for output that no terminal wraps: files and pipes get whole cells.
_UNBOUNDED = 10_000


class Screen:
    """Output of one call. With ``--json`` text is silent and :meth:`finish` prints the document."""

    def __init__(self, settings: Settings, out: TextIO | None = None, err: TextIO | None = None) -> None:
        """Write to the given streams, by default standard output and standard error."""
        self.settings = settings
        self._out = out or sys.stdout
        self.console = _console(self._out)
        self._problems = _console(err or sys.stderr)

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches: progress bars make sense."""
        return self.console.is_terminal and not self.settings.as_json

    def pick(self, zh: str, en: str) -> str:
        """Return the text in the chosen language."""
        return self.settings.pick(zh, en)

    def say(self, zh: str, en: str, style: str = "") -> None:
        """Print one message."""
        if not self.settings.as_json:
            self.console.print(Text(printable(self.pick(zh, en)), style=style))

    def line(self, **pairs: object) -> None:
        """Print one ``key=value`` line for logs and scripts."""
        if not self.settings.as_json:
            text = " ".join(f"{key}={_plain(value)}" for key, value in pairs.items())
            self.console.print(Text(text), soft_wrap=True)

    def note(self, zh: str, en: str, style: str = "yellow") -> None:
        """Print a remark beside the result, on standard error."""
        if not self.settings.as_json:
            self._problems.print(Text(printable(self.pick(zh, en)), style=style))

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        title: str = "",
        numeric: Sequence[int] = (),
        styles: Mapping[str, str] | None = None,
    ) -> None:
        """Print a table; widths count Chinese characters as two columns.

        Args:
            columns: headings, in the chosen language.
            rows: cells; None prints as an empty cell.
            title: heading of the table.
            numeric: positions of right-aligned columns.
            styles: style of cells whose text is exactly the key.
        """
        if self.settings.as_json:
            return
        drawn = Table(
            title=Text(title) if title else None, box=SIMPLE_HEAD, title_justify="left", pad_edge=False
        )
        for position, name in enumerate(columns):
            drawn.add_column(
                Text(printable(name)), justify="right" if position in numeric else "left", overflow="fold"
            )
        for row in rows:
            texts = [printable(in_words(cell)) for cell in row]
            drawn.add_row(*(Text(text, style=(styles or {}).get(text, "")) for text in texts))
        self.console.print(drawn)

    def finish(self, **document: object) -> None:
        """Print the machine-readable result when it is asked for."""
        if self.settings.as_json:
            self._out.write(to_json(document) + "\n")
            self._out.flush()

    def fail(self, error: SxydError) -> None:
        """Tell what is wrong, where, and what to do next."""
        if self.settings.as_json:
            self.finish(ok=False, error=describe(error))
            return
        self._problems.print(Text(printable(error.in_language(self.settings.language)), style="bold red"))


def describe(error: SxydError) -> dict[str, object]:
    """Return the parts of an error for machine output."""
    return {
        "rule": error.rule, "message_zh": error.zh, "message_en": error.en,
        "remedy_zh": error.remedy_zh, "remedy_en": error.remedy_en,
        "place": asdict(error.place),
    }  # fmt: skip


def in_words(cell: object) -> str:
    """Return the text of a cell; ten digits of a number are enough to read."""
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return "" if cell is None else str(cell)


def printable(text: str) -> str:
    """Replace control characters, so that no value of a package can steer the terminal."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text
    )


def to_json(value: object) -> str:
    """Return strict JSON: numbers that JSON cannot write (NaN, infinity) become null, bytes hexadecimal."""
    return json.dumps(_writable(value), ensure_ascii=False, allow_nan=False, default=str)


def _writable(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): _writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_writable(item) for item in value]
    return value


def _plain(value: object) -> str:
    text = printable(str(value)).replace("\n", " ")
    return f'"{text}"' if " " in text else text


def _console(stream: TextIO) -> Console:
    probe = Console(file=stream, markup=False, emoji=False, highlight=False)
    if probe.is_terminal:
        return probe
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=_UNBOUNDED)
