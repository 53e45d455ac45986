# ruff: noqa: E501 - one word, one line: this page is read as a table
"""Words of the hygiene lints: what zones are called, what elements are about, and what is told to the user."""

import re

#: What a clause calls a kind of zone -> types of zones that may be meant.
ZONE_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("生态保护红线", ("111", "112", "113")),
    ("一般生态空间", ("114", "113")),
    ("饮用水水源保护区", ("121",)),
    ("大气环境优先保护区", ("131",)),
    ("高排放重点管控区", ("231",)),
    ("布局敏感重点管控区", ("232",)),
    ("弱扩散重点管控区", ("233",)),
    ("受体敏感重点管控区", ("234",)),
    ("农用地优先保护区", ("141",)),
    ("永久基本农田", ("141",)),
    ("禁燃区", ("254",)),
    ("地下水禁采区", ("252",)),
    ("地下水超采区", ("252",)),
)
#: What clauses of an element are about; the digit is that of its zone codes.
ELEMENT_WORDS: dict[str, re.Pattern[str]] = {
    "1": re.compile(r"生态|红线|林|湿地|草|开发|人为活动|保护|物种|碳汇|矿|旅游|建设|光伏|风电"),
    "2": re.compile(r"水|污|粪|养殖|化肥|农药|种植|磷|氮|排放口|化工|沼气|面源|秸秆"),
    "3": re.compile(r"大气|废气|排放|烟|尘|气|vocs|挥发|锅炉|项目|产能|替代|机动车|恶臭|异味|碳|能|炉|涂装|燃", re.IGNORECASE),
    "4": re.compile(r"土|耕地|农用地|地块|重金属|农田|农膜|废|尾矿|化工|污染|冶炼|电镀"),
    "5": re.compile(r"能|燃|煤|水|土地|用地|资源|岸线|碳|电|气|矿"),
}  # fmt: skip
DOCUMENT_NOISE = re.compile(r"[\s《》〈〉()（）\[\]〔〕【】,，。“”\"]|中华人民共和国")

MESSAGES: dict[str, dict[str, str]] = {
    "not_tied_to_zone": {
        "message_zh": "条款与所在要素细类或管控单元不对应：{words}",
        "message_en": "the clause does not fit the kind of zone (or the zones of the unit) it stands for: {words}",
        "remedy_zh": "改挂到对应的要素细类，或改写为该类分区的要求",
        "remedy_en": "move it to the zone type it is about, or word it for this one",
    },
    "duplicate": {
        "message_zh": "与同一范围的条款 {other} 重复",
        "message_en": "the same as clause {other} of this scope",
        "remedy_zh": "删去其一",
        "remedy_en": "drop one of them",
    },
    "near_duplicate": {
        "message_zh": "与同一范围的条款 {other} 近似重复",
        "message_en": "nearly the same as clause {other} of this scope",
        "remedy_zh": "合并为一条，保留更具体的表述",
        "remedy_en": "merge them and keep the more specific words",
    },
    "empty_phrase": {
        "message_zh": "空泛表述：没有对象、措施或限值",
        "message_en": "an empty phrase: no object, measure or limit",
        "remedy_zh": "写明管什么、怎么管、管到什么程度，或删去",
        "remedy_en": "say what is controlled, how and how far, or drop it",
    },
    "threshold_without_unit": {
        "message_zh": "限值 {value} 没有单位",
        "message_en": "the limit {value} has no unit",
        "remedy_zh": "补充单位",
        "remedy_en": "add the unit",
    },
    "expired_basis": {
        "message_zh": "依据已失效：{document}（截至 {day}）",
        "message_en": "the basis is no longer in force: {document} (until {day})",
        "remedy_zh": "改引现行文件：{new}",
        "remedy_en": "cite what is in force: {new}",
    },
    "unknown_industry": {
        "message_zh": "行业代码不在 GB/T 4754-2017 中：{codes}",
        "message_en": "industry codes that GB/T 4754-2017 does not have: {codes}",
        "remedy_zh": "按 GB/T 4754-2017 改正代码",
        "remedy_en": "mend the codes after GB/T 4754-2017",
    },
    "dimension_mismatch": {
        "message_zh": "指标“{metric}”一般列入“{usual}”，却列在“{stated}”",
        "message_en": "the metric ({metric}) usually stands in {usual}, not in {stated}",
        "remedy_zh": "移到对应维度",
        "remedy_en": "move it to that dimension",
    },
    "contradicts_text": {
        "message_zh": "填报列与条款文字不一致：{what_zh}",
        "message_en": "stated columns differ from the text: {what_en}",
        "remedy_zh": "核对文字与填报列，改正其一；核对前以填报列为准",
        "remedy_en": "check both and mend one; until then the stated column holds",
    },
    "broken_parent": {
        "message_zh": "上级条款 {parent} 不存在",
        "message_en": "the parent clause {parent} does not exist",
        "remedy_zh": "改正上级条款编号，或补入上级清单",
        "remedy_en": "mend the id of the parent, or add the parent's list",
    },
}
