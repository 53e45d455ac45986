"""Words of access lists: verbs with their surface forms, operators, units of thresholds.

Patterns are matched on folded text (half width, lower case; see :func:`sxyd_pipeline.core.access.words.fold`).
"""

import re
from dataclasses import dataclass

from sxyd_pipeline.vocabulary.amounts import parse_amount_unit

#: Classes of surface forms, strongest first: a ban beats a modal, a modal the ban of a limit (不得超过), that a plain duty.
BAN, PROMOTE, ACT, MUST, BOUND, DUTY = "ban", "promote", "act", "must", "bound", "duty"


@dataclass(frozen=True, slots=True)
class VerbForm:
    """How one canonical verb is written.

    Attributes:
        verb: canonical verb.
        kind: one of the classes above; decides which verb of a sentence governs it.
        pattern: regular expression of the surface forms.
    """

    verb: str
    kind: str
    pattern: str


_NOT_A_NOUN = r"(?!类|区|单元|开发区|性|目录|清单|(?:开采|养殖|建设|开发|采砂|通行|取水|勘查|燃放)区)"
VERB_FORMS = (
    VerbForm("限制", BAN, r"原则上(?:不再|不予|不(?=新|准|批|审|布|核|受|安|建|设|引))(?:新建|新增|新上|新设|扩建|审批|核准|批准|布局|建设|安排|受理)?"),
    VerbForm("禁止", BAN, rf"严禁|禁止{_NOT_A_NOUN}|严格禁止|杜绝|全面禁(?:止|燃|烧)?|一律禁止|禁(?:建|养|采|捕|排)(?!区|期)|严厉打击|禁(?:燃|烧|用|售)(?!区|的)"),
    VerbForm("不得", BOUND, r"(?:不得|不能|不应|不可|不准)(?=高于|超过|超出|大于|多于|高过|突破|超|劣于|低于|少于|小于|短于)"),
    VerbForm("不得", BAN, r"(?:不得|不准|不能)(?!不|高于|超过|超出|大于|多于|高过|突破|超|劣于|低于|少于|小于|短于)|不许|不允许|严格?不|不予(?!处罚)|不应(?!高|低|超|大|小|少|劣)|一律不|(?<!原则上)不再(?:新建|新增|新上|新设|扩建|审批|核准|批准|布局|建设|安排|受理)|暂停(?:审批|受理|新建)?|停止(?:审批|受理|新建|销售|供应)|区域限批|禁入"),
    VerbForm("严格控制", BAN, r"严格?(?:控制|管控|把控|控)|从严(?:控制|管控|审批|把关|审查)|严把|合理控制|有效控制|严格(?:审批|准入|限定|管控)|只减不增|零增长|控制(?=在|新增|增量|新建|煤炭|能源|用水|开发|规模|高|建设|污染|农业|人口|养殖|化肥|农药|地下)|控(?:煤|量)|压减|压缩"),
    VerbForm("限制", BAN, rf"(?:严格)?限制{_NOT_A_NOUN}|限(?:养|采|排|批)(?!区)|仅(?:允许|限|准)|只(?:允许|能|准)"),
    VerbForm("鼓励", PROMOTE, r"鼓励(?!类|目录)|支持(?!系统|能力)|引导|优先(?!保护|管控|控制|区)|提倡|倡导|宜(?=采|使|选|优|布|建|推|实)|激励|探索|试点"),
    VerbForm("退出", ACT, r"退出|淘汰(?!类|目录|比例|率|任务)|关停|关闭|关停并转|取缔|拆除|清退|腾退|清理(?:取缔|整顿|退出)|停产|停用|退养|退耕|退渔|退捕|封停|报废|停运|注销"),
    VerbForm("搬迁", ACT, r"搬迁(?:入园|改造)?|迁入|搬入|搬离|退城(?:入园|进园|搬迁)|迁出|迁建|异地(?:搬迁|改造|迁建)|外迁|迁移"),
    VerbForm("替代", ACT, r"替代(?!比例|率|燃料)|置换(?!比例|率)|替换|取代|代替|改用|煤改(?:气|电)|油改电|以电代煤|以气代煤|更换为"),
    VerbForm("达到", ACT, r"(?<![未不])(?:达到|达标(?!率)|满足|符合)|优于|提高(?:到|至)|提升(?:到|至)|降低?(?:到|至)|下降(?:到|至)|降至|降到|稳定在|保持在|力争达"),
    VerbForm("完成", ACT, r"完成|实现(?!率)|建成(?!区)|全部接入|全部纳管|实现全覆盖"),
    VerbForm("应当", MUST, r"应当|必须|务必|须(?!知)|(?<![供反响适相对效回感])应(?!急|用|对|力|税|收|激|邀|聘|付|诉|届|运|试|变|答|酬|战|许|召)|需(?=经|要|达|符|满|按|实|采|开|设|配|建|落|执|进|制|取|办|在|与)"),
    VerbForm("达到", DUTY, r"力争|争取"),
    VerbForm("鼓励", DUTY, r"推进|推动|推广|推行|促进|发展|培育|倡树"),
    VerbForm("应当", DUTY, r"加强|加快|加大|强化|完善|建立|健全|落实|严格执行|执行|实施|实行|开展|提高|提升|优化|深化|做好|做到|确保|保障|保证(?!率)|采取|采用|安装|配套|配备|编制|制定|设置|建设(?!用地|项目|规模)|规范|加装|治理(?!率|效率)|整治(?!率)|整改|改造(?!率|比例)|修复(?!率)|恢复|保护(?!区|红线|地|类|单元|目标|面积|率)|维持|保持|稳步|统筹|构建|纳入|接入|定期|回收(?!率|利用率)|使用(?!量|率|者|的|比例|占比)|进入|入园|布设在|布局在|集中布局|布设于|划定|划为|管理|监测|巩固|降低|减少|削减|预防|防范|防控|收集(?!率|效率|的|处理率)|处置(?!率)|巡查|排查|备案|评估|核查|核算|披露|报告|开征|遵守|遵循|坚持|维护|进行|压实"),
)  # fmt: skip

#: Comparison words before a number, longest first. ``le`` and ``ge`` include the number; 低于, 超过, 不满 and 以外
#: exclude it, 以上, 以下, 以内 include it (民法典第一千二百五十九条).
OPERATORS_BEFORE: tuple[tuple[str, str], ...] = (
    (r"(?:不得|不应|不能|不可|不准|严禁|禁止|均?不|未)(?:高于|超过|超出|大于|多于|高过|突破|超|劣于|晚于)", "<="),
    (r"(?:不得|不应|不能|不可|不准|均?不)(?:低于|少于|小于|短于|足)", ">="),
    (r"(?:控制|限制|限定|压减|削减|限)(?:在|为|到|至)", "<="),
    (r"(?:下降|降低|减少|压减|压降|削减|降|减)(?:到|至)", "<="),
    (r"(?:提高|提升|增加|增长|上升|增)(?:到|至)", ">="),
    (r"(?:达到|达|至少|最低|最少|起码|力争达到)(?:或优于|或超过|到)?", ">="),
    (r"至多|最多|最高|最大|上限为?", "<="),
    (r"≤|<=|≦|⩽|不大于等于|小于等于|低于或等于", "<="),
    (r"≥|>=|≧|⩾|大于等于|高于或等于", ">="),
    (r"低于|少于|小于|不足|不满|<", "<"),
    (r"高于|超过|大于|多于|超出|>", ">"),
    (r"(?:保持|维持|稳定)(?:在|为|到|至)?|(?:标准|限值|限额|浓度|指标|值)?(?:为|是|按|取|=|:)", "=="),
)  # fmt: skip
#: Comparison words behind number and unit. ``左右`` takes the direction of the sentence.
OPERATORS_BEHIND: tuple[tuple[str, str], ...] = (
    (r"级?(?:\(含\))?(?:及|或|\(含\)|及其)?(?:以下|以内|之内|之下)(?:\(含\))?|(?:\(含\))?内(?=的|完成|,|。|;|$)", "<="),
    (r"级?(?:\(含\))?(?:及|或|\(含\)|及其)?(?:以上|之上)(?:\(含\))?", ">="),
    (r"(?:以外|之外|外)", ">"),
    (r"(?:左右|上下|上限)", "~"),
    (r"(?:的?(?:陆域|水域|沿岸|纵深)?范围(?:之)?内|范围以?内)", "within"),
)  # fmt: skip

_QUOTIENT = re.compile(r"^(?P<above>.+?)(?:/|每|·)(?P<below>.+)$")
#: What a unit measures and how many standard units it holds, where amounts of packages do not know it.
_MORE_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("%", "百分比", "个百分点", "百分点"), ("ratio", 0.01)),
    **dict.fromkeys(("‰",), ("ratio", 0.001)),
    **dict.fromkeys(("share", "倍", "1", "count", "成倍", "比例", "倍量"), ("ratio", 1.0)),
    "成": ("ratio", 0.1),
    **dict.fromkeys(("ug", "μg", "微克"), ("mass", 1e-12)),
    **dict.fromkeys(("mg", "毫克", "㎎"), ("mass", 1e-9)),
    **dict.fromkeys(("ng", "纳克", "ngteq", "纳克teq", "ng-teq"), ("mass", 1e-15)),
    **dict.fromkeys(("tco2", "tco2e", "吨二氧化碳", "吨co2", "吨二氧化碳当量", "吨co2e", "吨二氧化碳排放", "吨碳", "tco"), ("mass", 1.0)),
    **dict.fromkeys(("kgco2", "kgco2e", "千克二氧化碳", "千克二氧化碳当量", "公斤二氧化碳", "千克co2", "公斤co2"), ("mass", 1e-3)),
    **dict.fromkeys(("gco2", "克二氧化碳", "克co2"), ("mass", 1e-6)),
    **dict.fromkeys(("gce", "克标准煤", "克标煤"), ("energy", 29.3076e-6)),
    **dict.fromkeys(("千克标准煤", "千克标煤", "公斤标准煤", "公斤标煤", "kgce"), ("energy", 29.3076e-3)),
    # One kilogram of oil equivalent is 41.868 MJ by definition (10 000 kcal).
    **dict.fromkeys(("kgoe", "千克标准油", "千克标油", "公斤标准油", "公斤标油"), ("energy", 41.868e-3)),
    **dict.fromkeys(("m", "米"), ("distance", 1e-3)),
    **dict.fromkeys(("海里",), ("distance", 1.852)),
    **dict.fromkeys(("里",), ("distance", 0.5)),
    **dict.fromkeys(("l", "升"), ("litre", 1.0)),
    **dict.fromkeys(("蒸吨/小时", "蒸吨/时", "蒸吨/h", "蒸吨", "t/h", "吨/小时", "吨/时"), ("steam", 1.0)),
    **dict.fromkeys(("次", "次/年"), ("times", 1.0)),
    **dict.fromkeys(("天", "日", "d"), ("time", 24.0)),
    **dict.fromkeys(("小时", "h", "时"), ("time", 1.0)),
    **dict.fromkeys(("分贝", "db(a)", "db", "分贝(a)"), ("noise", 1.0)),
    **dict.fromkeys(("类",), ("class", 1.0)),
    **dict.fromkeys(("s", "秒"), ("second", 1.0)),
    **dict.fromkeys(("重量箱",), ("weight_case", 1.0)),
    **dict.fromkeys(("mol", "ppm", "μmol/mol", "umol/mol", "微摩尔/摩尔"), ("molar", 1.0)),
    **dict.fromkeys(("t·能量因数", "吨·能量因数", "(t·能量因数)", "(吨·能量因数)"), ("mass", 1.0)),
}  # fmt: skip
_MULTIPLES = (("亿", 1e8), ("百万", 1e6), ("十万", 1e5), ("万", 1e4), ("千", 1e3), ("百", 1e2))
_PER_YEAR = re.compile(r"(?:/|每)(?:年|a|yr)$|/\(?年\)?$")


@dataclass(frozen=True, slots=True)
class ClauseUnit:
    """A unit of a threshold: what it measures (``mass``, ``energy/mass`` ...) and how many standard units it holds."""

    quantity: str
    factor: float


def read_unit(text: str) -> ClauseUnit | None:
    """Return quantity and factor of a unit of a threshold (``mg/m3``, ``万吨``, ``吨标准煤/万元``), else None.

    A unit is written as clauses write it; width, case and superscripts do not matter. ``/年`` is dropped: caps
    of this list are yearly. Standard units are those of amounts (t, m3, GJ, kWh, km, ha, CNY ...), 1 for ratios.
    """
    folded = text.strip().replace("³", "3").replace("²", "2").replace("₂", "2").replace(" ", "").lower()
    folded = folded.replace("µ", "μ").replace("％", "%").replace("ug/", "μg/").replace("nm3", "m3")
    whole = _simple(folded)
    if whole is not None:
        return whole
    yearly = _PER_YEAR.sub("", folded)
    if yearly != folded:
        return read_unit(yearly)
    parts = _QUOTIENT.match(folded)
    if parts is None:
        return None
    above, below = _simple(parts["above"]), _simple(parts["below"])
    if above is None or below is None:
        return None
    return ClauseUnit(f"{above.quantity}/{below.quantity}", above.factor / below.factor)


def _simple(folded: str) -> ClauseUnit | None:
    if folded in _MORE_UNITS:
        return ClauseUnit(*_MORE_UNITS[folded])
    for word, factor in _MULTIPLES:
        rest = folded.removeprefix(word)
        if rest != folded and rest in _MORE_UNITS:
            quantity, base = _MORE_UNITS[rest]
            return ClauseUnit(quantity, base * factor)
    known = parse_amount_unit(folded)
    if known is None:
        return None
    if known.dimension == "share":
        return ClauseUnit("ratio", known.factor)
    if known.dimension == "concentration":
        return ClauseUnit("mass/volume", known.factor * 1e-12)
    return ClauseUnit(known.dimension, known.factor)


def to_standard(value: float, unit: str | None) -> tuple[str, float] | None:
    """Return what a threshold measures and its value in standard units; None where the unit is not known."""
    known = read_unit(unit) if unit else None
    return None if known is None else (known.quantity, value * known.factor)
