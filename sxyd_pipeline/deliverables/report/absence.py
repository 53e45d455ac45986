"""What a release does not have, as a thing of its own in templates.

A headline without value, a row that is not there and a field without value are :class:`Absent`: they
may be tested (``is defined``) but neither printed nor compared. A passage in double square brackets
stands only when everything it names is there::

    [[CO2 的 95% 区间为{{ v.co2_low }}～{{ v.co2_high }}。]]

Outside a passage what is absent is an error with template, line and name; a misspelt name always is.
"""

from collections.abc import Callable
from types import TracebackType

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

_OPEN, _CLOSE = "{% passage %}", "{% endpassage %}"


class AbsentError(jinja2.UndefinedError):
    """A template prints or compares what the release does not have."""


class Absent(jinja2.StrictUndefined):
    """Something a template may name and this release lacks."""

    # As in the base class: a slot would break how Jinja2 makes undefined values.
    __slots__ = ()

    def __abs__(self) -> float:
        """Refuse to be counted with, as every other operation of the base class does."""
        return abs(float(self))


def absent(what: str) -> Absent:
    """Return the absent thing with its name, for messages."""
    return Absent(hint=f"{what} has no value in this release", name=what, exc=AbsentError)


def marked(source: str) -> str:
    """Turn the double brackets of passages into tags; lines stay where they are."""
    return source.replace("[[", _OPEN).replace("]]", _CLOSE)


class Passages(Extension):
    """``[[ … ]]``: a passage that stands only when everything it names is there."""

    tags = {"passage"}  # noqa: RUF012 - the attribute Jinja2 reads

    def parse(self, parser: Parser) -> nodes.Node:
        """Read a passage up to its end."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endpassage",), drop_needle=True)
        return nodes.CallBlock(self.call_method("stand"), [], [], body).set_lineno(line)

    @staticmethod
    def stand(caller: Callable[[], str]) -> str:
        """Return the passage; nothing when it names what is absent or divides by zero."""
        try:
            return caller()
        except (AbsentError, ZeroDivisionError):
            return ""


def line_of(trace: TracebackType | None) -> int | None:
    """Return the line of the template an error comes from."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
