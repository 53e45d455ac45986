"""The misuse lints: what each one means and what to do about it, in Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lint:
    """One lint: code, name and remedy. The message is built where the numbers are."""

    lint_id: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


ALL_LINTS = (
    Lint("physical_tonnes_by_tce", "实物量乘以标准煤含碳量", "physical amount times carbon per tonne of coal equivalent",
         "先乘平均低位发热量折成标准煤（或能量）再乘该因子，或改用每吨实物的因子",
         "bring the amount to coal equivalent (or energy) with its calorific value first, or use a factor per physical tonne"),
    Lint("missing_44_12", "漏乘 44/12", "44/12 left out",
         "碳量乘以 44/12（3.667）得二氧化碳；若确为碳量，请把单位写成 tC", "multiply carbon by 44/12 (3.667), or write the unit as tC when carbon is meant"),
    Lint("carbon_co2_confused", "碳与二氧化碳混淆", "carbon and CO2 confused",
         "核对因子与结果的单位是 tC 还是 tCO2，只换算一次", "check which of tC and tCO2 the factor and the result are in; convert once"),
    Lint("aggregate_factor_mixed", "分品种因子与综合因子混用", "fuel factors and an aggregate factor mixed",
         "全表只用一种口径：逐品种因子，或总能耗 × 综合因子", "use one way for the whole table: factors of fuels, or total energy times the aggregate factor"),
    Lint("grid_factor_year", "电网因子年份不符", "grid factor of another year",
         "改用活动水平当年（未公布时最近一年）的因子", "use the factor of the year of the activity (the nearest one published)"),
    Lint("grid_factor_region", "电网因子地区不符", "grid factor of another region",
         "改用本省平均因子", "use the average factor of the province"),
    Lint("grid_factor_kind", "电网因子类型不符", "grid factor of another kind",
         "核算用平均排放因子；边际因子（OM/BM）、履约参数与碳足迹因子是别的量", "use the average emission factor; margins (OM/BM), compliance values and footprints are other quantities"),
    Lint("grid_factor_unknown", "电网因子未见于公布值", "grid factor not among the published ones",
         "注明出处，或改用公布的省级平均因子", "cite its source, or use the published average of the province"),
    Lint("gwp_sets_mixed", "GWP 取值混用", "sets of warming potentials mixed",
         "全表用同一套 GWP，并注明是哪一套", "use one set of GWP for the whole table and name it"),
    Lint("gwp_value_unknown", "GWP 不属于任何一套", "a warming potential of no known set",
         "核对当量与排放量的单位，并注明 GWP 出处", "check the units of emission and equivalent, and cite the GWP"),
    Lint("price_base_unstated", "未注明价格口径", "price base not stated",
         "在 price_base 中写 current 或不变价基期年份", "write current, or the year of constant prices, into price_base"),
    Lint("price_bases_mixed", "现价与不变价接成一个序列", "current and constant prices spliced into one series",
         "补齐同一价格口径的各年数据再作比较", "complete the series in one price base before comparing years"),
    Lint("constant_equals_current", "不变价与现价数值相同", "constant prices equal current ones",
         "核对：不变价序列可能填成了现价", "check: the constant series may have been filled with current prices"),
    Lint("deflator_jumps", "隐含平减指数异常", "implied deflator jumps",
         "核对现价与不变价的口径、单位与普查修订", "check scope, unit and census revision of both series"),
    Lint("intensity_on_nominal_gdp", "强度用了现价 GDP", "intensity computed on nominal GDP",
         "跨年强度须用不变价 GDP", "compare intensities over years on GDP at constant prices"),
    Lint("coal_ratio_implausible", "每吨煤 CO2 超出合理范围", "implausible CO2 per tonne of coal",
         "核对数量单位、热值、是否漏乘 44/12、是否有碳捕集", "check the unit of the amount, the calorific value, 44/12, and whether CO2 is captured"),
    Lint("total_jumps", "合计较上一版相差 10 的整数次幂", "total differs from the last release by a power of ten",
         "核对单位（t、kt、万t）", "check the unit of measure (t, kt, 10^4 t)"),
    Lint("tce_not_reconciled", "折标煤复算不符", "coal equivalent does not follow from the amount",
         "核对折标系数与数量单位", "check the coefficient and the unit of the amount"),
    Lint("total_not_sum", "合计不等于分项之和", "printed total is not the sum of its parts",
         "核对分项是否遗漏或重复", "check for parts that are missing or counted twice"),
    Lint("balance_not_closed", "平衡表收支不平", "the balance does not close",
         "核对正负号与各项数值；差额须单列“平衡差额”", "check signs and items; what is left must stand as statistical difference"),
    Lint("npp_used_as_sink", "把 NPP 当作碳汇", "NPP taken for a carbon sink",
         "改用 NEP（或 NEE、NBP）型通量；NPP、GPP 未扣除异养呼吸与收获，不是碳汇", "use a flux of the NEP kind (or NEE, NBP); NPP and GPP still lose respiration and harvest"),
    Lint("stock_not_reconciled", "碳储量复算不符", "carbon stock does not follow from area and density",
         "核对面积、碳密度与单位；不要把碳汇通量加进储量", "check area, density and units; do not add a flux to a stock"),
    Lint("transition_not_sum", "转移矩阵与地类面积不符", "transition matrix does not sum to the areas",
         "核对两表的年份、口径与单位", "check years, scope and units of both tables"),
)  # fmt: skip

LINT_BY_ID = {lint.lint_id: lint for lint in ALL_LINTS}
