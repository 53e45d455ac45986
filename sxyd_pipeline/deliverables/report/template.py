"""Templates of text: plain files that people edit, filled without ever reading data as markup.

A template is filled by Jinja2 in its sandbox. What it prints does not enter the text but a store,
and a mark with its number stands in the text; only then is the text cut into blocks. So a value
that looks like a heading, a table directive or a template stays what it is: characters.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jinja2
import jinja2.nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sxyd_pipeline.deliverables.report.absence import Passages, line_of, marked
from sxyd_pipeline.deliverables.report.numbers import Language
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Heading,
    Orientation,
    PageBreak,
    Paragraph,
    Run,
    Runs,
)
from sxyd_pipeline.deliverables.typesetting.inline import code_runs, markup_runs, merged, text_runs
from sxyd_pipeline.errors import SxydError

_OPEN, _CLOSE = "\ue000", "\ue001"
#: Name of the store among the values; no template can name it.
_STORE = " store"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_HEADING = re.compile(r"^(#{1,3})\s*(\[annex\])?\s*(.+)$")
_DIRECTIVE = re.compile(r"^@([a-z]+)(?:\s+(.*))?$")
_UNWANTED = (jinja2.nodes.Macro, jinja2.nodes.CallBlock, jinja2.nodes.FilterBlock, jinja2.nodes.AssignBlock)


class TemplateError(SxydError):
    """A template of the report cannot be filled."""

    def __init__(self, template: str, reason: str) -> None:
        """Name the template and the reason."""
        super().__init__(
            f"报告模板 {template} 有误：{reason}",
            f"report template {template} is wrong: {reason}",
            remedy_zh="对照 docs/report-templates.md 修改该模板",
            remedy_en="mend the template; its language is described in docs/report-templates.md",
        )


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finished number: its value for comparisons, its text, and the anchor where its source stands."""

    value: float
    text: str
    anchor: str = ""

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(slots=True)
class _Store:
    """What a template printed, by number of mark."""

    language: Language
    printed: list[Runs] = field(default_factory=list)

    def keep(self, value: object) -> str:
        self.printed.append(_shown(value))
        return f"{_OPEN}{len(self.printed) - 1}{_CLOSE}"


@jinja2.pass_context
def _kept(context: Context, value: object) -> str:
    """Put what a template prints into the store of this filling and return its mark."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # a strict undefined value says its name here
    kept: str = context[_STORE].keep(value)
    return kept


def _shown(value: object) -> Runs:
    match value:
        case Quantity():
            return text_runs(value.text, link=value.anchor)
        case str():
            return text_runs(value)
        case bool() | None | float():
            raise jinja2.TemplateRuntimeError(f"{value!r} is printed as it is; say how to write it")
        case int():
            return text_runs(str(value))
        case tuple() if all(isinstance(run, Run) for run in value):
            return value
        case _:
            raise jinja2.TemplateRuntimeError(f"a {type(value).__name__} cannot be printed")


def _be_quiet(_anchor: str) -> None:
    """Tell nobody."""


#: Returns the blocks that ``@name argument`` stands for.
Directive = Callable[[str], tuple[Block, ...]]


def fill(
    name: str,
    source: str,
    values: Mapping[str, Any],
    directives: Mapping[str, Directive],
    language: Language,
    filters: Mapping[str, Callable[..., Any]] | None = None,
    said: Callable[[str], None] = _be_quiet,
) -> tuple[Block, ...]:
    """Fill one template and cut it into blocks.

    Args:
        name: name of the template, for messages.
        source: its text.
        values: names it may print, test and loop over.
        directives: what ``@table x``, ``@figure x`` and the like stand for.
        language: ``zh`` or ``en``.
        filters: functions behind a bar (``x | mass``).
        said: told the anchor of each number that enters the text, in the order of the text.

    Raises:
        TemplateError: a name that does not exist, something absent outside a passage, an unknown
            directive, or wrong syntax.
    """
    store = _Store(language)
    try:
        text = _compiled(name, source, tuple((filters or {}).items())).render({**values, _STORE: store})
    except (jinja2.TemplateError, ZeroDivisionError) as error:
        line = getattr(error, "lineno", None) or line_of(error.__traceback__)
        raise TemplateError(name, f"{error}{f' (line {line})' if line else ''}") from error
    return _Cutter(name, store, directives, said).cut(text)


@cache
def _compiled(name: str, source: str, filters: tuple[tuple[str, Callable[..., Any]], ...]) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        finalize=_kept,
        # No markup is made: what is printed goes to the store.
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters.update(dict(filters))
    if any(True for _ in environment.parse(source).find_all(_UNWANTED)):
        raise TemplateError(name, "macro, call, filter blocks and set blocks are not part of the language")
    environment.add_extension(Passages)
    return environment.from_string(_without_control_lines(marked(source)))


class _Cutter:
    """Cuts filled text into blocks."""

    def __init__(
        self,
        name: str,
        store: _Store,
        directives: Mapping[str, Directive],
        said: Callable[[str], None],
    ) -> None:
        """Keep what marks stand for."""
        self.name, self.store, self.directives, self.said = name, store, directives, said
        self.blocks: list[Block] = []
        self._lines: list[str] = []
        self._items = 0

    def cut(self, text: str) -> tuple[Block, ...]:
        for line in text.split("\n"):
            self._line(line.strip())
        self._flush()
        return tuple(self.blocks)

    def _line(self, line: str) -> None:
        heading, directive = _HEADING.match(line), _DIRECTIVE.match(line)
        if not line:
            self._flush()
        elif heading:
            self._flush()
            self._items = 0
            runs = self._runs(heading[3])
            self.blocks.append(Heading(len(heading[1]), runs, annex=bool(heading[2])))
        elif directive:
            self._flush()
            self._directive(directive[1], (directive[2] or "").strip())
        elif line.startswith("- "):
            self._flush()
            self._items += 1
            number = f"（{self._items}）" if self.store.language == "zh" else f"({self._items}) "
            self.blocks.append(Paragraph(merged((*text_runs(number), *self._runs(line[2:]))), "item"))
        else:
            self._lines.append(line)

    def _flush(self) -> None:
        if self._lines:
            self._items = 0
            join = "" if self.store.language == "zh" else " "
            self.blocks.append(Paragraph(self._runs(join.join(self._lines))))
            self._lines = []

    def _directive(self, word: str, argument: str) -> None:
        self._items = 0
        match word:
            case "landscape":
                self.blocks.append(Orientation(landscape=True))
            case "portrait":
                self.blocks.append(Orientation(landscape=False))
            case "pagebreak":
                self.blocks.append(PageBreak())
            case "note" | "equation":
                self.blocks.append(Paragraph(self._runs(argument), word))
            case _ if word in self.directives:
                self.blocks += self.directives[word](argument)
            case _:
                raise TemplateError(self.name, f"@{word}")

    def _runs(self, line: str) -> Runs:
        """Set a line: what the author wrote is markup, what was printed is not."""
        runs: list[Run] = []
        parts = _MARK.split(_isolated(line))
        for place, part in enumerate(parts):
            # Every second part is the number of a mark.
            printed = self.store.printed[int(part)] if place % 2 else ()
            runs += printed if place % 2 else markup_runs(part)
            for run in printed:
                if run.link:
                    self.said(run.link)
        return merged(tuple(runs))


def _isolated(line: str) -> str:
    """Keep ``**`` pairs that embrace a mark together: the mark is then set plain, the words bold."""
    return re.sub(
        r"\*\*([^*]*)\*\*",
        lambda found: "".join(
            part if place % 2 == 0 and not part else (f"**{part}**" if not _MARK.fullmatch(part) else part)
            for place, part in enumerate(re.split(f"({_OPEN}\\d+{_CLOSE})", found[1]))
        ),
        line,
    )


def _without_control_lines(source: str) -> str:
    """Let lines that hold only conditions, loops and remarks leave no trace; line numbers stay."""
    # The line end goes into a remark: it is counted, but not printed.
    return re.sub(r"(?m)^[ \t]*((?:\{%[^\n]*?%\}|\{#[^\n]*?#\})[ \t]*)+$\n?", _quiet_line, source)


def _quiet_line(found: re.Match[str]) -> str:
    line = found[0].strip()
    inner = re.sub(r"\{#.*?#\}", "", line)
    # A line that opens and closes a condition prints what lies between; only tags count as control.
    between = re.sub(r"\{%.*?%\}", "", inner).strip()
    return found[0] if between else f"{inner}{{#\n#}}"


def query_runs(sql: str) -> Runs:
    """Set a query."""
    return code_runs(re.sub(r"\s+", " ", sql).strip())
