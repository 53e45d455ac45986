"""Spatial statistics in words: what levels agree on, how many islands there are, how hot spots overlap."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sxyd_pipeline.core.synergy.hotspots import Overlap

LEVEL_ZH = {"grid": "网格", "control_unit": "管控单元", "district": "区县"}
#: Fewer areas than this leave a permutation test next to nothing to permute.
_FEW = 10


def note_of_islands(islands: int, count: int) -> str:
    """Say how many areas have no neighbour."""
    return f"{count} 个要素中 {islands} 个无邻居，其滞后取 0" if islands else ""


def note_of_overlap(found: Overlap) -> str:
    """Say how large the two sets are and what they share."""
    return (
        f"CO2 热点 {found.first_count} 个，污染当量热点 {found.second_count} 个，共有 {found.both_count} 个"
    )


def compare_levels(table: pl.DataFrame, levels: Sequence[str], significance_p: float) -> pl.DataFrame:
    """Write into every row how its conclusion compares to that of the other levels.

    Args:
        table: ``layer, variable, statistic, value, expected, p_value, feature_count, note``.
        levels: order in which levels are named.
        significance_p: level of significance.

    Returns:
        ``table`` with ``note_zh`` in place of ``note``.
    """
    order = {name: index for index, name in enumerate(levels)}
    told: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for row in table.iter_rows(named=True):
        verdict = _verdict(row, significance_p)
        value = "无定义" if row["value"] is None else f"{row['value']:.3f}"
        few = "，要素少" if row["feature_count"] < _FEW else ""
        words = f"{LEVEL_ZH[row['layer']]} {value}（{verdict}{few}）"
        told.setdefault((row["variable"], row["statistic"]), []).append((order[row["layer"]], words, verdict))
    notes = {}
    for key, levels_of in told.items():
        same = len({verdict for _, _, verdict in levels_of}) == 1
        ending = "各尺度结论一致" if same else "结论随单元大小而变（可变面元问题），引用时须写明尺度"
        notes[key] = "；".join(words for _, words, _ in sorted(levels_of)) + f"：{ending}"
    combined = [
        "。".join(part for part in (row["note"], notes[row["variable"], row["statistic"]]) if part)
        for row in table.iter_rows(named=True)
    ]
    return table.with_columns(pl.Series("note_zh", combined, dtype=pl.String)).drop("note")


def _verdict(row: Mapping[str, Any], level: float) -> str:
    value, expected, p_value = row["value"], row["expected"], row["p_value"]
    if value is None or expected is None or p_value is None:
        return "无定义"
    if p_value > level:
        return "不显著"
    if row["statistic"] in {"jaccard", "overlap"}:
        return "显著重叠"
    return "显著聚集" if value > expected else "显著相离"
