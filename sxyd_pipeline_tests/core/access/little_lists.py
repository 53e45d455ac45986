"""Two control units with a list, small enough to see at a glance."""

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_EVIDENCE, CLAUSES, CONTROL_UNIT_LISTS, OVERALL_LIST

UNITS = ("ZH32110220001", "ZH32110210002")
TEXTS = {
    "C1": "=HYPERLINK(1)|禁止`新建`",
    "C2": "氮氧化物不超过12吨/年",
    "G1": "第一行\n第二行 <b>粗</b>",
    "C9": "旧条款",
}
_STATES = {"C1": "kept", "C2": "changed", "G1": "new", "C9": "withdrawn"}
_DIMENSIONS = {"C1": "space", "C2": "emission", "G1": "resource", "C9": "risk"}


def tables() -> dict[str, pl.DataFrame]:
    clauses = [
        {
            **dict.fromkeys(CLAUSES.schema), "city_code": "321100", "clause_id": one, "level": "control_unit",
            "scope_type": "control_unit", "scope_code": UNITS[0], "dimension": _DIMENSIONS[one], "clause_text": text,
            "state": _STATES[one], "change": "stricter" if one == "C2" else None, "origin": "in_force",
            "previous_text": "氮氧化物不超过15吨/年" if one == "C2" else None, "reason_zh": "理由", "reason_en": "reason",
            "is_carbon": False, "is_checkable": False, "synergy_tag": "中性",
        }
        for one, text in TEXTS.items()
    ]  # fmt: skip
    lists = [
        {
            **dict.fromkeys(CONTROL_UNIT_LISTS.schema), "city_code": "321100", "control_unit_code": unit,
            "clause_id": one, "dimension": _DIMENSIONS[one], "position": 1, "level": "control_unit",
            "inherited_from": unit, "clause_text": TEXTS[one], "is_effective": one != "C2" or unit == UNITS[0],
        }
        for unit in UNITS for one in ("C1", "C2", "G1")
    ]  # fmt: skip
    overall = {
        **dict.fromkeys(OVERALL_LIST.schema), "city_code": "321100", "clause_id": "C1", "dimension": "space",
        "position": 1, "level": "city", "scope_name": "全市", "clause_text": TEXTS["C1"], "state": "kept",
    }  # fmt: skip
    evidence = {
        **dict.fromkeys(CLAUSE_EVIDENCE.schema, "=1"), "city_code": "321100", "clause_id": "G1", "evidence_no": 1,
        "value": 3.25, "statement_zh": "缺口 3.25", "statement_en": "gap 3.25",
    }  # fmt: skip
    return {
        "access.clauses": pl.DataFrame(clauses, schema=CLAUSES.schema),
        "access.control_unit_lists": pl.DataFrame(lists, schema=CONTROL_UNIT_LISTS.schema),
        "access.overall_list": pl.DataFrame([overall], schema=OVERALL_LIST.schema),
        "access.clause_evidence": pl.DataFrame([evidence], schema=CLAUSE_EVIDENCE.schema),
        "zoning.control_units": pl.DataFrame({
            "control_unit_code": UNITS, "control_unit_name": ["示例园区", "示例山"], "control_class": [2, 1],
            "district_code": ["321102"] * 2, "area_km2": [12.5, 3.0], "data_label": ["示例数据"] * 2,
        }),
        "zoning.districts": pl.DataFrame({"district_code": ["321102"], "district_name": ["京口区"]}),
        "zoning.control_unit_zones": pl.DataFrame({"control_unit_code": [UNITS[0]] * 2, "zone_code": ["YS1", "YS2"]}),
        "zoning.zones": pl.DataFrame({"zone_code": ["YS1", "YS2"], "zone_type": ["231", "254"], "zone_type_name": ["大气环境高排放重点管控区", "高污染燃料禁燃区"]}),
        "meta.release": pl.DataFrame({"province": ["江苏省"], "city_name": ["镇江市"]}),
    }  # fmt: skip
