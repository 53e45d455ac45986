"""Waivers of relaxations: who allowed a looser limit, why and when; and what stops the city without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5
_FILE = "waivers"


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who allowed a relaxation, why, and when."""

    author: str
    reason: str
    waived_on: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Waiver":
        """Return the waiver of a row of ``inputs.waivers``."""
        return cls(str(row["author"]), str(row["reason"]), str(row["waived_on"]))

    def in_words(self) -> str:
        """Return who allowed it, when and why, as lists print it."""
        return f"{self.author} 于 {self.waived_on} 豁免：{self.reason}"


class RelaxationBlockedError(SxydError):
    """A clause is looser than one it inherits, and no waiver says why."""

    def __init__(self, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Name both clauses of every pair with their limits.

        Args:
            pairs: (looser clause, clause it relaxes) as rows of ``access.clauses``.
        """
        self.pairs = [(str(child["clause_id"]), str(parent["clause_id"])) for child, parent in pairs]
        shown = list(pairs)[:_SHOWN]
        more = len(pairs) - len(shown)
        zh = "；".join(f"{_told(child)} 放宽了上级条款 {_told(parent)}" for child, parent in shown)
        en = "; ".join(f"{_told(child)} is looser than {_told(parent)}" for child, parent in shown)
        super().__init__(
            f"{len(pairs)} 处限值比上级宽松：{zh}" + (f"；另有 {more} 处" if more else ""),
            f"{len(pairs)} limit(s) looser than the level above: {en}" + (f"; {more} more" if more else ""),
            remedy_zh="按上级限值收严该条款；确需放宽的，在数据包 waivers 表中写明 "
            "clause_id、parent_clause_id、author、reason、waived_on",
            remedy_en="tighten the clause; or put clause_id, parent_clause_id, "
            "author, reason and waived_on into the package's waivers table",
            place=Place(
                file="access_list", value=", ".join(" > ".join(pair) for pair in self.pairs[:_SHOWN])
            ),
        )


def _told(clause: Mapping[str, Any]) -> str:
    unit = clause["unit"] or ""
    return (
        f"{clause['clause_id']}（{clause['scope_code']}：{clause['metric']} "
        f"{clause['operator']} {clause['threshold']:g} {unit}）"
    ).replace(" ）", "）")


class UnknownWaiverError(SxydError):
    """A waiver names a clause that is not in the list, so it would silently waive nothing."""

    def __init__(self, unknown: Sequence[str]) -> None:
        """Name the ids."""
        listed = "、".join(unknown[:_SHOWN])
        super().__init__(
            f"豁免引用了不存在的条款：{listed}",
            f"a waiver names clauses that are not in the list: {', '.join(unknown[:_SHOWN])}",
            remedy_zh="改正 waivers 表中的 clause_id 与 parent_clause_id，或删除该行",
            remedy_en="mend clause_id and parent_clause_id in the waivers table, or delete the row",
            place=Place(file=_FILE, column="clause_id", value=listed),
        )


def refuse_unknown(waivers: pl.DataFrame, clauses: pl.DataFrame) -> None:
    """Refuse waivers of clauses that are not there.

    Raises:
        UnknownWaiverError: names the ids.
    """
    named = [*waivers["clause_id"].to_list(), *waivers["parent_clause_id"].to_list()]
    known = set(clauses["clause_id"])
    unknown = sorted({one for one in named if one not in known})
    if unknown:
        raise UnknownWaiverError(unknown)
