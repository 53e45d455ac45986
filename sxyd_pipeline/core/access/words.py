# ruff: noqa: E501 - one word, one line: this page is read as a table
"""Text of clauses: folding that keeps positions, segments, and words that lists use for places and things."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: Full-width marks that divide sentences stay as they are: a full-width comma never groups thousands.
_KEPT = frozenset("，；：。、！？Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ")
_ROMAN = {"Ⅰ": "ⅰ", "Ⅱ": "ⅱ", "Ⅲ": "ⅲ", "Ⅳ": "ⅳ", "Ⅴ": "ⅴ"}
#: 二〇二五年, 二零三五年, 一九九八年; circles and letters are written for the zero.
_CHINESE_YEAR = re.compile(
    r"(?<![零〇○o一二三四五六七八九十百千])(?:一九|二[〇零○o])[零〇○o一二三四五六七八九]{2}(?=年)"
)
_YEAR_DIGITS = str.maketrans("零〇○o一二三四五六七八九", "0000123456789")
_SENTENCE_END = re.compile(r"[。；;！!？?\n\r]|(?<!\d)\.(?!\d)")
_SEGMENT_END = re.compile(r"[，,]|(?<!\d)[：:]|[：:](?!\d)|、(?=(?:不得|不准|应|须|禁止|严禁|鼓励))")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, ``start`` inclusive, ``end`` exclusive."""

    start: int
    end: int


def fold(text: str) -> str:
    """Return the text half width and lower case, character by character, so that positions stay.

    A character whose compatibility form is longer than itself (㎡, ①) stays as it is. Years in Chinese digits
    (二〇二五年) become years in digits.
    """
    folded = "".join(_fold_character(character) for character in text)
    return _CHINESE_YEAR.sub(lambda year: year[0].translate(_YEAR_DIGITS), folded)


def _fold_character(character: str) -> str:
    if character in _KEPT:
        return _ROMAN.get(character, character)
    if character in "µμ":
        return "μ"
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def sentences(folded: str) -> list[Span]:
    """Divide at full stops, semicolons and line breaks; together the spans cover the text."""
    return list(_divided(folded, Span(0, len(folded)), _SENTENCE_END))


def segments(folded: str, sentence: Span) -> list[Span]:
    """Divide a sentence at commas and colons; together the spans cover the sentence."""
    return list(_divided(folded, sentence, _SEGMENT_END))


def _divided(folded: str, whole: Span, mark: re.Pattern[str]) -> Iterator[Span]:
    start = whole.start
    for found in mark.finditer(folded, whole.start, whole.end):
        yield Span(start, found.end())
        start = found.end()
    if start < whole.end or start == whole.start:
        yield Span(start, whole.end)


#: What a clause may be about, in the order in which a kind is preferred, as patterns on folded text.
OBJECTS: tuple[tuple[str, str], ...] = (
    ("fuel", r"高污染燃料|散煤|煤炭|原煤|煤矸石|石油焦|重油|渣油|生物质燃料|天然气|清洁能源|燃料|绿电|可再生能源|新能源(?!汽车|车)|氢能|燃煤(?!锅炉|机组|发电|电厂|小)|能源消费|化石能源"),
    ("facility", r"(?:燃煤|燃气|燃油|生物质|工业)?锅炉|自备(?:燃煤)?(?:机组|电厂)|(?:燃煤|煤电|火电)?机组|尾矿库|工业炉窑|窑炉|炉窑|高炉|转炉|电弧炉|焦炉|煤气发生炉|码头|排污口|入河排污口|加油站|储油库|油罐|污水处理(?:厂|设施|站)|污水管网|填埋场|焚烧(?:厂|设施)|养殖场|治理设施|应急(?:水)?池|事故(?:应急)?池|围油栏|电站|数据中心|机动车|柴油货车|非道路移动机械|船舶|车辆|公交车|排气筒|储罐|在线监测(?:设备|设施)?|屋顶"),
    ("species", r"二氧化碳|温室气体|碳排放|非甲烷总烃|甲烷|氧化亚氮|二氧化硫|氮氧化物|(?:细|可吸入)?颗粒物|烟粉尘|粉尘|烟尘|扬尘|挥发性有机物|vocs?|pm2\.5|pm10|so2|nox|co2|化学需氧量|cod|氨氮|总磷|总氮|氨逃逸|氨(?=排)|重金属|二噁英|恶臭|油烟|臭氧|废气|废水|污水|危险废物|固体废物|固废|污泥|生活垃圾|秸秆|粪污|农膜"),
    ("area", r"生态保护红线|一般生态空间|生态空间|自然保护地|自然保护区|饮用水水?源(?:地|保护区)|水源地|湿地|岸线|园区|工业集聚区|工业园|产业园|永久基本农田|基本农田|耕地|农用地|建设用地|污染地块|受污染耕地|地下水|河道|湖泊|海域|滩涂|红树林|森林|林地|草地|水域|水体|断面|禁燃区|建成区|保护区"),
    ("activity", r"采砂|挖沙|采石|开垦|围垦|围填海|填海|围湖造田|捕捞|养殖|采伐|放牧|倾倒|堆放|焚烧|施工|喷涂|涂装|露天烧烤|爆破|勘查|勘探|旅游开发|房地产开发|开发建设|人为活动|开采|取水|灌溉|运输|造林|绿化|演练|监测|预警|应急预案|台账|化肥|农药|用水|节水|用能|节能"),
    ("project", r"建设项目|工业项目|项目|产能|生产线|企业|生产装置"),
)  # fmt: skip

#: When a clause applies.
CONDITIONS = (
    r"新(?:\(改、?扩\)|、改、扩|改扩|、?扩)?建(?:、?(?:改|扩)建)*(?:\(含[^)]{1,12}\))?(?=[^设])|改(?:、扩|扩)?建|扩建|技改|在建|现有|已有|已建|既有|现役|存量|新增|新上|拟建",
    r"重污染天气(?:预警)?(?:期间|时)?|采暖(?:期|季)|供暖季|枯水期|丰水期|汛期|禁渔期|秋冬季|橙色(?:及以上)?预警|红色预警|臭氧(?:高发|污染)(?:期|季)?",
    r"(?:高污染燃料)?禁燃区(?:范围)?内?|(?:城市|县城|县级以上城市)?建成区(?:内|范围内)?|园区内|禁养区内?|红线(?:范围)?内|保护区(?:范围)?内|上风向|下风向|主导风向|上游|集中供热(?:管网)?覆盖(?:区域|范围)内?|化工园区外|园区外",
    r"依法(?:依规)?|未达标|未通过[^，,。；]{2,10}|不符合[^，,。；]{2,20}的?|除[^，,。；]{2,24}(?:外|以外|之外)|确有必要的?|确需[^，,。；]{1,12}的|涉(?:及)?[^，,。；、的]{2,10}的?(?=企业|项目|单位)",
)

#: Words without a demand of their own; they count as understood.
SILENT = re.compile(
    r"(?:全市|全省|全区|全县|辖区|本单元|单元内?|区域内?|范围内?|之间|其他|以及|或者|并且|同时|按照|根据|依据|对于|关于|有关|相关|各类|各级|主要|重点|逐步|逐年|进一步|积极|大力|全面|持续|有序|稳妥|依法|依规|严格|"
    r"要求|规定|标准|措施|工作|任务|目标|管理|情况|方式|水平|能力|体系|制度|机制|内容|方案|规划|计划|政策|国家|省级?|市级?|县级?|地方|行业|企业|单位|产业|项目|工程|设施|设备|工艺|技术|"
    r"的|地|得|和|与|及|或|并|在|对|为|由|将|等|其|于|从|至|到|以|所|则|且|可|已|该|本|内|中|上|下|前|后|年|月|底|末|个|各|均|每|约|性|类|区|量|率|者|应|分别|左右|原则上|一律|一般|比例|总量|浓度|限值|排放|使用|生产|建设|"
    r"[\W_]+)*"
)
