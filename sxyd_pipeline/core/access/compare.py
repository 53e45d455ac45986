"""Today's list against the new one: kept, changed (stricter or looser), new, withdrawn."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from sxyd_pipeline.core.access.likeness import likeness, normal_text
from sxyd_pipeline.vocabulary.clauses import to_standard

#: Columns a clause needs to be compared; further ones are not looked at.
COMPARED = (
    "clause_id", "scope_type", "scope_code", "dimension", "clause_text", "verb", "metric", "operator",
    "threshold", "unit", "industry_codes", "object_key", "target_year",
)  # fmt: skip
SCHEMA: dict[str, type[pl.DataType]] = {
    "clause_id": pl.String, "previous_clause_id": pl.String, "state": pl.String, "change": pl.String,
    "previous_text": pl.String, "reason_zh": pl.String, "reason_en": pl.String,
}  # fmt: skip
#: Texts of one scope and dimension that are at least this alike are versions of one clause.
ALIKE = 0.6
#: How much a verb asks; a higher rank is the stricter verb.
_RANKS = {
    "禁止": 6, "不得": 6, "退出": 5, "搬迁": 5, "限制": 4, "严格控制": 3, "替代": 3, "达到": 2, "完成": 2,
    "应当": 2, "鼓励": 1,
}  # fmt: skip
_ROUNDING = 1e-9
Row = Mapping[str, Any]


def compare_lists(
    in_force: pl.DataFrame, drafted: pl.DataFrame, withdrawals: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Tell for every clause of both lists what became of it.

    A drafted clause is matched with one in force, each at most once: first by ``clause_id``; then within the
    same scope by equal metric (and overlapping industries where both name some), the same dimension first;
    then within scope and dimension by likeness of the texts (at least 0.6). Matched and word for word equal,
    with equal columns, is ``kept``; matched and different is ``changed``; unmatched is ``new`` or
    ``withdrawn``.

    ``change`` of a changed clause is ``stricter``, ``looser``, ``same`` (other words, same demand) or
    ``not_comparable``. Thresholds are brought to one unit first; a lower bound is stricter when it is higher,
    an upper bound when it is lower; with equal thresholds the earlier target year, then the stronger verb is
    stricter. A numeric limit that was text before is stricter, one that is dropped looser.

    Args:
        in_force: parsed clauses of the list in force: the columns of :data:`COMPARED`, one row per
            ``clause_id``; columns that are missing count as empty.
        drafted: parsed clauses of the new list, same columns.
        withdrawals: optional reasons of clauses that are taken out on purpose: ``clause_id, reason_zh,
            reason_en``.

    Returns:
        One row per drafted clause, in its order, then one per clause that is withdrawn, in the order of
        ``in_force``: ``clause_id, previous_clause_id, state, change, previous_text, reason_zh, reason_en``.
        ``previous_clause_id`` is null for new clauses; ``change`` is null for new and withdrawn ones and
        ``same`` for kept ones; ``previous_text`` is the text before of changed clauses and of withdrawn ones.
    """
    before, after = _rows(in_force), _rows(drafted)
    pairs = _match(before, after)
    rows = [_verdict(after[at], before[pairs[at]] if at in pairs else None) for at in range(len(after))]
    reasons = {} if withdrawals is None else {row["clause_id"]: row for row in withdrawals.to_dicts()}
    gone = set(range(len(before))) - set(pairs.values())
    rows += [_withdrawn(before[at], reasons.get(before[at]["clause_id"])) for at in sorted(gone)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    missing = [name for name in COMPARED if name not in frame.columns]
    return frame.with_columns(pl.lit(None).alias(name) for name in missing).select(COMPARED).to_dicts()


def _match(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[int, int]:
    """Return position in ``after`` -> position in ``before``."""
    by_id = {row["clause_id"]: at for at, row in enumerate(before)}
    pairs = {at: by_id[row["clause_id"]] for at, row in enumerate(after) if row["clause_id"] in by_id}
    free = set(range(len(before))) - set(pairs.values())
    by_scope: dict[tuple[Any, Any], list[int]] = {}
    for at in sorted(free):
        by_scope.setdefault((before[at]["scope_type"], before[at]["scope_code"]), []).append(at)
    for test in (_same_metric, _similar_text):
        for at, row in enumerate(after):
            if at in pairs:
                continue
            rivals = [c for c in by_scope.get((row["scope_type"], row["scope_code"]), ()) if c in free]
            best = max(((test(before[c], row), -c) for c in rivals), default=(0.0, 0))
            if best[0] > 0.0:
                pairs[at] = -best[1]
                free.discard(-best[1])
    return pairs


def _same_metric(old: Row, new: Row) -> float:
    if old["metric"] is None or old["metric"] != new["metric"]:
        return 0.0
    codes = (_codes(old), _codes(new))
    if all(codes) and not _overlap(*codes):
        return 0.0
    alike = likeness(normal_text(old["clause_text"]), normal_text(new["clause_text"]))
    return 1.0 + float(old["dimension"] == new["dimension"]) + float(codes[0] == codes[1]) + alike


def _similar_text(old: Row, new: Row) -> float:
    if old["dimension"] != new["dimension"]:
        return 0.0
    alike = likeness(normal_text(old["clause_text"]), normal_text(new["clause_text"]))
    return alike if alike >= ALIKE else 0.0


def _codes(row: Row) -> tuple[str, ...]:
    return tuple(sorted(code for code in (row["industry_codes"] or "").split(";") if code))


def _overlap(one: Iterable[str], other: tuple[str, ...]) -> bool:
    """Tell whether an industry of one list is, holds or lies within one of the other."""
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)


def _verdict(new: Row, old: Row | None) -> tuple[str | None, ...]:
    if old is None:
        words = ("现行清单中没有同一范围的对应条款", "the list in force has no such clause in this scope")
        return (new["clause_id"], None, "new", None, None, *words)
    ids = (new["clause_id"], old["clause_id"])
    if all(old[name] == new[name] for name in COMPARED if name != "clause_id"):
        return (*ids, "kept", "same", None, "与现行条款一致", "as in the list in force")
    change, zh, en = direction_of_change(old, new)
    return (*ids, "changed", change, old["clause_text"], zh, en)


def _withdrawn(old: Row, reason: Row | None) -> tuple[str | None, ...]:
    zh, en = (
        "新清单中没有同一范围、同一指标或相近文字的条款",
        "the new list has no clause of this scope with its metric or a similar text",
    )
    if reason is not None:
        zh, en = str(reason["reason_zh"]), str(reason["reason_en"])
    return (old["clause_id"], old["clause_id"], "withdrawn", None, old["clause_text"], zh, en)


def direction_of_change(old: Row, new: Row) -> tuple[str, str, str]:
    """Return the direction of a change, and the reason in Chinese and English.

    Args:
        old: clause in force, with the columns of :data:`COMPARED`.
        new: clause that replaces it.
    """
    limits = [row["metric"] is not None and row["threshold"] is not None for row in (old, new)]
    if limits == [False, True]:
        return "stricter", "由文字要求改为可检验的限值", "a limit in numbers takes the place of words"
    if limits == [True, False]:
        return "looser", "取消了限值", "the limit in numbers is dropped"
    if limits == [False, False]:
        return _by_verb(old, new)
    return _by_threshold(old, new)


def _by_threshold(old: Row, new: Row) -> tuple[str, str, str]:
    shown = f"{_limit(old)} → {_limit(new)}"
    sides = (_side(old["operator"]), _side(new["operator"]))
    values = (_standard(old), _standard(new))
    if (
        old["metric"] != new["metric"] or sides[0] is None or sides[0] != sides[1]
        or values[0] is None or values[1] is None or values[0][0] != values[1][0]
    ):  # fmt: skip
        return (
            "not_comparable",
            f"指标、方向或单位不同，不能比较：{shown}",
            f"other metric, direction or unit: {shown}",
        )
    gain = (values[1][1] - values[0][1]) * sides[0]
    if abs(gain) > _ROUNDING * max(abs(values[0][1]), abs(values[1][1])):
        return (
            ("stricter", f"限值收严：{shown}", f"the limit is stricter: {shown}") if gain > 0
            else ("looser", f"限值放宽：{shown}", f"the limit is looser: {shown}")
        )  # fmt: skip
    years = (old["target_year"], new["target_year"])
    if None not in years and years[0] != years[1]:
        told = f"{years[0]} → {years[1]}"
        return (
            ("stricter", f"限值不变，期限提前：{told}", f"same limit, earlier: {told}") if years[1] < years[0]
            else ("looser", f"限值不变，期限推后：{told}", f"same limit, later: {told}")
        )  # fmt: skip
    return _by_verb(old, new)


def _by_verb(old: Row, new: Row) -> tuple[str, str, str]:
    ranks = (_RANKS.get(old["verb"] or ""), _RANKS.get(new["verb"] or ""))
    told = f"{old['verb']} → {new['verb']}"
    if ranks[0] is not None and ranks[1] is not None and ranks[0] != ranks[1]:
        return (
            ("stricter", f"管控力度增强：{told}", f"a stronger verb: {told}") if ranks[1] > ranks[0]
            else ("looser", f"管控力度减弱：{told}", f"a weaker verb: {told}")
        )  # fmt: skip
    # Limits that reach this point are equal once they are in one unit.
    demands = ("verb", "metric", "industry_codes", "object_key", "target_year")
    if all(old[name] == new[name] for name in demands):
        return "same", "措辞调整，要求不变", "other words, same demand"
    return "not_comparable", "要求不同，不能判断宽严", "another demand; stricter or looser cannot be told"


def _side(operator: str | None) -> float | None:
    """Return 1 for lower bounds (higher is stricter), -1 for upper bounds."""
    return {"<=": -1.0, "<": -1.0, ">=": 1.0, ">": 1.0}.get(operator or "")


def _standard(row: Row) -> tuple[str, float] | None:
    if row["unit"] is None:
        return ("", float(row["threshold"]))
    return to_standard(float(row["threshold"]), row["unit"])


def _limit(row: Row) -> str:
    return f"{row['metric']} {row['operator'] or '?'} {row['threshold']:g} {row['unit'] or ''}".rstrip()
