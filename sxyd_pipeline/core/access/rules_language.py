"""The language of clause rules: arithmetic, comparisons and a handful of functions over named evidence.

Closed on purpose: no attribute, no call but :data:`FUNCTIONS`, no loop, nothing of Python is evaluated. A
rule of ``data/reference/clause_rules.csv`` reads like ``gap.permitted_nox_t.near > 0 and unit.class == 2``.
A name that has no value for a scope makes the expression undefined there; ``has(name)`` asks first.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sxyd_pipeline.errors import Place, SxydError

Values = Mapping[str, float]
Node = Callable[[Values], float]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/(),<>]))"
)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
}  # fmt: skip


class RuleExpressionError(SxydError):
    """An expression of a clause rule cannot be read, or divides by zero."""

    def __init__(self, text: str, why_zh: str, why_en: str, place: Place | None = None) -> None:
        """Keep the expression and what is wrong in it."""
        self.text = text
        super().__init__(
            f"条款规则表达式有误（{why_zh}）：{text}",
            f"expression of a clause rule: {why_en}: {text}",
            remedy_zh="按 docs/clause-rules.md 改写 clause_rules.csv 中的表达式",
            remedy_en="mend the expression in clause_rules.csv as docs/clause-rules.md says",
            place=place,
        )


class UndefinedEvidenceError(LookupError):
    """A name has no value in a scope; the rule does not apply there."""


def round_to(value: float, digits: float) -> float:
    """Round to significant digits, half to even as Python does."""
    return _at_digits(value, digits, round)


def floor_to(value: float, digits: float) -> float:
    """Round towards minus infinity to significant digits: a cap is never loosened by printing it."""
    return _at_digits(value, digits, math.floor)


def ceil_to(value: float, digits: float) -> float:
    """Round towards plus infinity to significant digits: what keeps its level keeps the limit."""
    return _at_digits(value, digits, math.ceil)


def _at_digits(value: float, digits: float, rounding: Callable[[float], float]) -> float:
    if value == 0.0:
        return 0.0
    shift = int(digits) - 1 - math.floor(math.log10(abs(value)))
    # A decimal shift in text keeps 724 at 724: 724 * 10**0 is exact, 0.45 * 10**1 is not.
    scaled = float(f"{value:.12e}") * 10.0**shift
    nearest = round(scaled)
    whole = nearest if abs(scaled - nearest) < 1e-9 * max(abs(scaled), 1.0) else rounding(scaled)
    return float(f"{whole}e{-shift}")


FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "min": (2, min), "max": (2, max), "abs": (1, abs), "round_to": (2, round_to), "floor_to": (2, floor_to),
    "ceil_to": (2, ceil_to),
}  # fmt: skip
_HAS = "has"
_KEYWORDS = ("and", "or", "not", _HAS)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: as written.
        names: evidence it looks at, those only asked for by ``has`` included.
        node: what computes it.
    """

    text: str
    names: frozenset[str]
    node: Node

    def value(self, values: Values) -> float:
        """Compute the expression; truth is 1 and 0.

        Raises:
            UndefinedEvidenceError: a name has no value here.
            RuleExpressionError: a division by zero.
        """
        try:
            return float(self.node(values))
        except ZeroDivisionError:
            raise RuleExpressionError(self.text, "除数为零", "division by zero") from None

    def holds(self, values: Values) -> bool:
        """Tell whether a condition holds; where a name has no value it does not."""
        try:
            return self.value(values) != 0.0
        except UndefinedEvidenceError:
            return False


def compile_expression(text: str) -> Expression:
    """Compile an expression of a rule.

    Raises:
        RuleExpressionError: it cannot be read.
    """
    parser = _Parser(text)
    node = parser.either()
    if parser.kind != "end":
        raise parser.fault(f"多余的“{parser.token}”", f"'{parser.token}' is not expected")
    return Expression(text, frozenset(parser.names), node)


class _Parser:
    """Recursive descent: or, and, not, comparison, sum, product, sign, atom."""

    def __init__(self, text: str) -> None:
        self.text, self.names = text, set[str]()
        self._tokens = self._split()
        self._at = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def token(self) -> str:
        return self._tokens[self._at][1]

    def fault(self, zh: str, en: str) -> RuleExpressionError:
        return RuleExpressionError(self.text, zh, en)

    def _split(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        end = len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if not match or match.lastgroup is None:
                raise self.fault(f"第 {at + 1} 个字符无法识别", f"character {at + 1} is not known")
            tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        return [*tokens, ("end", "")]

    def _take(self, *wanted: str) -> str | None:
        if self.kind != "end" and self.token in wanted:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _need(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise self.fault(f"缺少“{wanted}”", f"'{wanted}' is missing")

    def either(self) -> Node:
        node = self._both()
        while self._take("or"):
            node = _or(node, self._both())
        return node

    def _both(self) -> Node:
        node = self._negation()
        while self._take("and"):
            node = _and(node, self._negation())
        return node

    def _negation(self) -> Node:
        if self._take("not"):
            inner = self._negation()
            return lambda values: float(inner(values) == 0.0)
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        sign = self._take(*_COMPARISONS)
        if sign is None:
            return left
        right, compare = self._sum(), _COMPARISONS[sign]
        return lambda values: float(compare(left(values), right(values)))

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take("+", "-"):
            node = _binary(sign, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._take("*", "/"):
            node = _binary(sign, node, self._signed())
        return node

    def _signed(self) -> Node:
        if self._take("-"):
            inner = self._signed()
            return lambda values: -inner(values)
        return self._atom()

    def _atom(self) -> Node:
        kind, token = self.kind, self.token
        if self._take("("):
            node = self.either()
            self._need(")")
            return node
        if kind == "number":
            self._at += 1
            number = float(token)
            return lambda _values: number
        if kind == "name" and token == _HAS:
            return self._has()
        if kind == "name" and token in FUNCTIONS:
            return self._call(token)
        if kind == "name" and token not in _KEYWORDS:
            self._at += 1
            self.names.add(token)
            return _look_up(token)
        raise self.fault(f"此处应为数值：“{token}”", f"a value is expected at '{token}'")

    def _has(self) -> Node:
        self._at += 1
        self._need("(")
        name = self.token
        if self.kind != "name":
            raise self.fault("has() 内应为证据名", "has() takes the name of evidence")
        self._at += 1
        self._need(")")
        self.names.add(name)
        return lambda values: float(name in values)

    def _call(self, name: str) -> Node:
        self._at += 1
        arity, function = FUNCTIONS[name]
        self._need("(")
        arguments = [self.either()]
        while self._take(","):
            arguments.append(self.either())
        self._need(")")
        if len(arguments) != arity:
            raise self.fault(f"{name}() 需要 {arity} 个参数", f"{name}() takes {arity} argument(s)")
        return lambda values: function(*(argument(values) for argument in arguments))


def _look_up(name: str) -> Node:
    def look(values: Values) -> float:
        if name not in values:
            raise UndefinedEvidenceError(name)
        return values[name]

    return look


def _or(left: Node, right: Node) -> Node:
    return lambda values: float(left(values) != 0.0 or right(values) != 0.0)


def _and(left: Node, right: Node) -> Node:
    return lambda values: float(left(values) != 0.0 and right(values) != 0.0)


def _binary(sign: str, left: Node, right: Node) -> Node:
    if sign == "+":
        return lambda values: left(values) + right(values)
    if sign == "-":
        return lambda values: left(values) - right(values)
    if sign == "*":
        return lambda values: left(values) * right(values)
    return lambda values: left(values) / right(values)
