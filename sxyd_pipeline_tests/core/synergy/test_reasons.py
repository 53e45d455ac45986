"""Reasons read as whole sentences with their numbers."""

import json

import polars as pl

from sxyd_pipeline.core.synergy.reasons import explain_scores


def sources(*rows: tuple[str, str, float]) -> str:
    return json.dumps(
        [
            {
                "source_id": name,
                "emitter": emitter,
                "name": name,
                "species": "CO2",
                "tonnes": 1.0,
                "share": share,
            }
            for emitter, name, share in rows
        ],
        ensure_ascii=False,
    )


def reasons(**changes: object) -> tuple[str, str]:
    row = {
        "year": 2020, "quadrant": "双高", "co2_density_t_per_km2": 83000.0, "apeq_density_t_per_km2": 12.34,
        "co2_lq": 8.3, "apeq_lq": 5.08, "homology": 0.86, "target_pressure": 1.12,
        "reduction_potential_share": 0.18, "composite_score": 0.7654, "rank": 1, "rank_low": 1, "rank_high": 3,
        "top_class_probability": 0.97, "consensus_class": "极显著", "consensus_share": 1.0, "method_count": 6,
        "weight_scheme_id": "ahp", "covers_city": True, "first_year": 2025,
        "co2_sources": sources(("F1", "示例电厂", 0.71), ("A3", "移动源", 0.2), ("A5", "农业源", 0.01)),
        "apeq_sources": None, **changes,
    }  # fmt: skip
    numbers = ("target_pressure", "homology", "reduction_potential_share", "co2_lq")
    texts = {"apeq_sources": pl.String, "year": pl.Int32, "first_year": pl.Int32}
    table = pl.DataFrame([row], schema_overrides={**texts, **dict.fromkeys(numbers, pl.Float64)})
    got = explain_scores(table, {"ahp": ("层次分析", "analytic hierarchy process")}).row(0, named=True)
    return got["reason_zh"], got["reason_en"]


def test_the_reason_says_how_dense_where_from_and_how_sure() -> None:
    zh, en = reasons()
    assert zh == (
        "双高：CO2 排放密度 8.3 万 t/km²，为全市均值的 8.3 倍；污染当量密度 12.3 t/km²，为 5.08 倍。"
        "CO2 主要来自示例电厂（占 71%）、移动源（占 20%），污染当量主要来自分散的小源。"
        "碳污结构重叠度 0.86；排放为允许量的 1.12 倍（各指标均值）；到 2025 年措施可使综合当量减少 18%。"
        "综合得分 0.765（层次分析），列第 1 位（90% 区间 1–3），进入首档的概率 97%；6 种方法中 100% 判为“极显著”。"
    )
    assert "示例电厂 (71 %), mobile sources (20 %)" in en
    assert "can take 18 % off the integrated equivalents by 2025" in en


def test_what_is_not_defined_is_said_and_not_left_out() -> None:
    zh, en = reasons(target_pressure=None, homology=None, reduction_potential_share=None, co2_lq=None)
    assert "未定目标" in zh
    assert "碳污结构重叠度 无定义" in zh
    assert "no target" in en


def test_an_element_that_leaves_gaps_is_compared_with_its_own_zones() -> None:
    assert "为本要素分区均值的 8.3 倍" in reasons(covers_city=False)[0]
