# ruff: noqa: E501 - one word, one line: this page is read as a table
"""Whether a clause is about carbon, and whether what it asks for helps or hinders the other goal."""

import re

_CARBON = re.compile(
    r"(?<!渗)碳(?!酸|纤维|化钙|化硅|钢|素|黑|化工|水化合|氮比|结构|刷)|二氧化碳|co2|co₂|温室气体|(?<!非)甲烷|ch4|氧化亚氮|n2o|六氟化硫|sf6|氢氟碳|hfc|瓦斯|沼气|"
    r"能耗|能效|节能|能源|煤耗|耗煤|煤炭|散煤|用煤|燃煤(?!锅炉烟气)|控煤|标准煤|标煤|标杆水平|基准水平|绿电|绿色电力|可再生|光伏|风电|电气化|电能|非化石|化石|氢能|高污染燃料|禁燃|清洁取暖|余热|热泵|高耗能|两高|红树林|蓝碳|固碳|造林|公转铁|公转水|新能源"
)
#: Measures by what they do to pollutants and carbon together (协调性分析 seed library); the first that is found.
_TAGS = (
    ("冲突", re.compile(r"rto|rco|蓄热式?(?:热力)?焚烧|催化燃烧|热力焚烧|湿法脱硫|脱硫设施|石灰石.?石膏|提标改造|一级a(?!区)|准[ⅲⅳ]类|scr|sncr|脱硝设施|煤制氢|垃圾焚烧|深度脱白|烟气再热")),
    ("协同", re.compile(
        r"可再生|光伏|风电|绿电|绿色电力|节能|能效|能耗|煤耗|标杆水平|电炉|短流程|废钢|熟料替代|淘汰|退出|关停|散煤|煤炭|煤改|清洁能源|清洁取暖|公转铁|公转水|铁路|水路|清洁运输|新能源|电动|热泵|余热|"
        r"低\(?无?\)?vocs|低挥发性|源头替代|化肥|粪污|沼气|瓦斯|甲烷回收|造林|绿化|碳汇|红树林|高污染燃料|禁燃|电气化|两高|产能|碳|能源|重污染天气"
    )),
)  # fmt: skip


def is_carbon(folded: str, of_metric: bool | None) -> bool:  # noqa: FBT001 - None says that there is no metric
    """Tell whether a clause limits greenhouse gases, energy or carbon; its metric or its words say so."""
    return bool(of_metric) or _CARBON.search(folded) is not None


def synergy_tag(folded: str) -> str:
    """Return 冲突, 协同 or 中性: what the first measure found does to pollutants and carbon together."""
    return next((tag for tag, words in _TAGS if words.search(folded)), "中性")
