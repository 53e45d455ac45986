# ruff: noqa: E501 - one word, one line: this page is read as a table
"""Headings and words of the printed lists in both languages, and the field names of platforms."""

from collections.abc import Mapping

from sxyd_pipeline.vocabulary.elements import DIMENSIONS

#: Column of the published form -> Chinese heading, English heading, field name of government platforms.
UNIT_HEADERS: Mapping[str, tuple[str, str, str]] = {
    "control_unit_code": ("环境管控单元编码", "Control unit code", "HJZHGKDYBM"),
    "control_unit_name": ("环境管控单元名称", "Control unit", "HJZHGKDYMC"),
    "province": ("省", "Province", "PROV"),
    "city": ("市", "City", "CITY"),
    "district": ("县（区）", "County (district)", "COUNTY"),
    "control_class": ("管控单元分类", "Control class", "ZHGKDYFL"),
    "area_km2": ("面积（平方公里）", "Area (km2)", "AREA"),
    "zone_types": ("要素细类", "Kinds of element zones", "YSXL"),
    "space": ("空间布局约束", "Spatial layout", "KJBJYS"),
    "emission": ("污染物和碳排放控制", "Pollutants and carbon", "PWWPFGK"),
    "risk": ("环境风险防控", "Environmental risk", "HJFXFK"),
    "resource": ("资源利用效率", "Resource efficiency", "ZYKFXLYQ"),
    "remarks": ("备注", "Remarks", "REMARKS"),
}
#: Platforms have one more field: the elements a unit is about.
PLATFORM_ELEMENTS = "HJYS"

DIMENSION_WORDS: Mapping[str, tuple[str, str]] = {
    code: (DIMENSIONS[code], UNIT_HEADERS[code][1]) for code in DIMENSIONS
}
LEVEL_WORDS: Mapping[str, tuple[str, str]] = {
    "province": ("省", "province"), "region": ("区域（流域）", "region"), "city": ("市", "city"),
    "zone_type": ("要素细类", "zone type"), "control_unit": ("管控单元", "control unit"),
}  # fmt: skip
STATE_WORDS: Mapping[str, tuple[str, str]] = {
    "kept": ("保留", "kept"), "changed": ("修改", "changed"), "new": ("新增", "new"),
    "withdrawn": ("退出", "withdrawn"),
}  # fmt: skip
CHANGE_WORDS: Mapping[str, tuple[str, str]] = {
    "stricter": ("收严", "stricter"), "looser": ("放宽", "looser"), "same": ("要求不变", "same demand"),
    "not_comparable": ("不可比", "not comparable"),
}  # fmt: skip
#: Fill of a state in workbooks; colour never stands alone, the word is in the cell.
STATE_COLOURS: Mapping[str, str] = {
    "kept": "#FFFFFF", "changed": "#FFF2CC", "new": "#E2EFDA", "withdrawn": "#EDEDED",
}  # fmt: skip

HEADINGS: Mapping[str, tuple[str, str]] = {
    "position": ("序号", "No."), "clause_id": ("条款编号", "Clause"), "dimension": ("管控维度", "Dimension"),
    "clause_text": ("条款内容", "Text"), "level": ("来源层级", "Level"), "inherited_from": ("继承自", "Inherited from"),
    "scope_name": ("适用范围", "Scope"), "state": ("状态", "State"), "change": ("变化", "Change"),
    "previous_text": ("原条款", "Text before"), "basis": ("依据", "Basis"),
    "threshold_source": ("限值出处", "Source of the limit"), "reason_zh": ("理由", "Reason (Chinese)"),
    "reason_en": ("理由（英文）", "Reason"), "statement_zh": ("证据说明", "Evidence (Chinese)"),
    "statement_en": ("证据说明（英文）", "Evidence"), "goes_away_when_zh": ("消除条件", "Goes away when (Chinese)"),
    "goes_away_when_en": ("消除条件（英文）", "Goes away when"), "table_name": ("数据表", "Table"),
    "row_key": ("行主键", "Row"), "column_name": ("列", "Column"), "value": ("数值", "Value"),
    "measured_in": ("单位", "Unit"), "evidence_no": ("证据序号", "No."), "via_zones": ("经由要素分区", "Via zones"),
}  # fmt: skip

TITLES: Mapping[str, tuple[str, str]] = {
    "overall": ("总体准入清单", "Overall access list"), "units": ("管控单元准入清单", "Access lists of control units"),
    "withdrawn": ("退出条款", "Withdrawn clauses"), "evidence": ("条款证据", "Evidence"),
    "contents": ("目录", "Contents"), "none": ("（无）", "(none)"), "page": ("一页一单元", "one page per unit"),
    "file": ("工作表", "Sheet"), "count": ("条款数", "Clauses"),
}  # fmt: skip
