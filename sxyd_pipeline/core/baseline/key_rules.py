"""Thresholds of the key items as data, and the grid of their variants."""

from collections.abc import Iterator, Mapping
from itertools import product

import polars as pl

from sxyd_pipeline.errors import Place, SxydError

#: Shares and ratios are sums and quotients of floats: one that meets a cut exactly must not fall to the
#: other side by its last digit.
ROUNDING = 1e-9

FILE = "data/reference/key_item_rules.csv"


class MissingKeyRuleError(SxydError):
    """A threshold of the key-item rules is not in the rules file."""

    def __init__(self, rule_ids: list[str]) -> None:
        """Name the missing ones."""
        self.rule_ids = rule_ids
        super().__init__(
            f"重点识别规则缺少阈值：{', '.join(rule_ids)}",
            f"the key-item rules lack: {', '.join(rule_ids)}",
            remedy_zh=f"在 {FILE} 中补充该行（value、low、high、出处）",
            remedy_en=f"add the row to {FILE} (value, low, high, source)",
            place=Place(file=FILE, column="rule_id", value=rule_ids[0]),
        )


def thresholds(rules: pl.DataFrame, needed: tuple[str, ...]) -> dict[str, float]:
    """Return the central value of the thresholds.

    Raises:
        MissingKeyRuleError: one of them is not in the file.
    """
    values = {str(rule): float(value) for rule, value in rules.select("rule_id", "value").iter_rows()}
    missing = [rule for rule in needed if rule not in values]
    if missing:
        raise MissingKeyRuleError(missing)
    return {rule: values[rule] for rule in needed}


def variants(rules: pl.DataFrame, needed: tuple[str, ...]) -> Iterator[Mapping[str, float]]:
    """Return every combination of low, central and high values of the thresholds, each once."""
    thresholds(rules, needed)
    rows = {str(row["rule_id"]): row for row in rules.iter_rows(named=True)}
    choices = [sorted({float(rows[rule][column]) for column in ("low", "value", "high")}) for rule in needed]
    for combination in product(*choices):
        yield dict(zip(needed, combination, strict=True))
