"""Rules a package is held to, each with its message and remedy in Chinese and English.

A rule of strength ``set_aside`` sends the row to quarantine; ``warn`` keeps it and tells;
``block`` stops the city. A finding names its rule, so wording lives only here.
"""

from dataclasses import dataclass
from typing import Literal

Strength = Literal["set_aside", "warn", "block"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: code, strength, and what to say when a row breaks it."""

    code: str
    strength: Strength
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


_RULES = (
    Rule("required_value_missing", "set_aside", "必填值为空", "a required value is empty",
         "补填该单元格", "fill in the cell"),
    Rule("error_cell", "set_aside", "单元格是错误值（如 #REF!）", "the cell holds an error value such as #REF!",
         "在表格软件中修复公式后重新保存", "mend the formula in the spreadsheet and save again"),
    Rule("not_a_number", "set_aside", "不是数字", "not a number",
         "改为阿拉伯数字，单位写入单位列", "write digits; put the unit into the unit column"),
    Rule("not_a_year", "set_aside", "年份无效", "not a year",
         "填写四位年份，如 2020", "write a four-digit year such as 2020"),
    Rule("negative_amount", "set_aside", "数量为负", "the amount is negative",
         "核对原始台账；扣减请在源数据中处理", "check the source ledger; make deductions at the source"),
    Rule("unknown_unit", "set_aside", "计量单位无法识别", "the unit of measure is not known",
         "改用数据字典列出的单位，如 t、万t、万m3、GJ、tce", "use a unit of the data dictionary: t, 万t, 万m3, GJ, tce"),
    Rule("unit_not_of_activity", "set_aside", "计量单位与活动水平不匹配", "the unit does not fit the activity",
         "按数据字典中该活动的单位填写", "use the unit the data dictionary gives for this activity"),
    Rule("unknown_activity", "set_aside", "燃料或产品代码无法识别", "the fuel or product code is not known",
         "改用数据字典中的代码或中文名称", "use a code or a Chinese name of the data dictionary"),
    Rule("unknown_fuel", "set_aside", "能源品种无法识别", "the fuel code is not known",
         "改用数据字典中的能源品种", "use a fuel of the data dictionary"),
    Rule("unknown_species", "set_aside", "污染物或温室气体名称无法识别", "the species is not known",
         "改用数据字典中的名称，如 SO2、NOx、PM2.5、CO2", "use a name of the data dictionary: SO2, NOx, PM2.5, CO2"),
    Rule("unknown_source_category", "set_aside", "源类编号不在 1–10 之内", "the source category is not 1 to 10",
         "填写十大源类的编号", "write the number of one of the ten source categories"),
    Rule("unknown_technology", "warn", "技术代码无法识别，按该活动的缺省技术计算",
         "the technology code is not known; the default of the activity is used",
         "改用数据字典中的技术代码", "use a technology code of the data dictionary"),
    Rule("unknown_industry", "set_aside", "行业代码不在 GB/T 4754—2017 中", "the industry code is not in GB/T 4754-2017",
         "填写四位行业小类代码", "write the four-digit class code"),
    Rule("unknown_district", "set_aside", "区县代码不属于本市", "the district code is not of this city",
         "核对行政区划代码，或在 city.toml 中声明统计区", "check the code, or declare a statistical area in city.toml"),
    Rule("unknown_code", "set_aside", "取值不在允许范围内", "the value is not one of the allowed ones",
         "改用数据字典列出的取值", "use a value of the data dictionary"),
    Rule("share_out_of_range", "set_aside", "比例应在 0 与 1 之间", "a share must lie between 0 and 1",
         "写成小数，例如 0.85；百分数请加 % 号", "write a fraction such as 0.85, or add a % sign"),
    Rule("value_out_of_range", "set_aside", "数值超出允许范围", "the value is out of its range",
         "核对数值与单位", "check the value and its unit"),
    Rule("duplicate_key", "set_aside", "主键重复（保留首次出现的行）", "the key occurs twice (the first row is kept)",
         "合并或删除重复行", "merge or delete the repeated rows"),
    Rule("duplicate_facility", "set_aside", "企业编号重复（保留首次出现的行）",
         "the facility id occurs twice (the first row is kept)",
         "合并重复企业，或给予不同编号", "merge the facility, or give it another id"),
    Rule("unknown_facility", "set_aside", "企业编号在 facilities 表中不存在", "the facility is not in the facilities table",
         "在 facilities 表中补充该企业", "add the facility to the facilities table"),
    Rule("facility_set_aside", "set_aside", "所属企业已被隔离", "its facility was set aside",
         "先处理 facilities 表中该企业的问题", "mend the facility's row in the facilities table first"),
    Rule("point_outside_city", "set_aside", "坐标落在市域之外", "the point lies outside the city",
         "核对经纬度是否写反、坐标系是否正确", "check whether lon and lat are swapped and the datum is right"),
    Rule("point_in_other_district", "warn", "坐标所在区县与填报区县不一致", "the point lies in another district than stated",
         "核对坐标或区县代码；按坐标计算", "check the point or the code; the point is used"),
    Rule("bad_credit_code", "warn", "统一社会信用代码校验位不符", "the check digit of the unified social credit code is wrong",
         "核对统一社会信用代码", "check the credit code"),
    Rule("datum_looks_shifted", "warn", "点位整体疑似偏移约 500 米（坐标系声明可能不符）",
         "the points look shifted by about 500 m (the declared datum may be wrong)",
         "在 city.toml 的 [crs] coordinates 中声明 gcj02、bd09、wgs84 或 cgcs2000",
         "declare gcj02, bd09, wgs84 or cgcs2000 in city.toml, [crs] coordinates"),
    Rule("amount_converted_by_default_ncv", "warn", "能量单位已按缺省热值折算为实物量",
         "an amount in energy units was brought to physical units with a default calorific value",
         "填写实物量，或提供 ncv_gj_per_t", "give the physical amount, or ncv_gj_per_t"),
    Rule("grid_factor_substituted", "warn", "没有本省同年的电网平均因子，已用其他年份或全国因子代替",
         "no grid factor of this province and year; that of another year or of the nation is used",
         "在 grid_factors.csv 中补充本省该年份的因子", "add the province's factor of that year to grid_factors.csv"),
    Rule("pm_order_broken", "set_aside", "PM10 小于 PM2.5", "PM10 is less than PM2.5",
         "核对两项数据；PM10 应包含 PM2.5", "check both figures; PM10 includes PM2.5"),
    Rule("carbon_of_pm_exceeds_pm", "set_aside", "BC 与 OC 之和大于 PM2.5", "BC plus OC exceed PM2.5",
         "核对 BC、OC 与 PM2.5", "check BC, OC and PM2.5"),
    Rule("bad_code_grammar", "block", "编码不符合规则", "the code does not follow the grammar",
         "管控单元用 ZH+6位区划+类别+4位序号，要素分区用 YS+6位区划+类别+要素+细类+4位序号",
         "units: ZH + 6-digit area + class + 4-digit serial; zones: YS + area + class + element + subtype + serial"),
    Rule("class_digit_mismatch", "block", "编码中的类别位与管控类别不一致", "the class digit of the code contradicts the control class",
         "改正编码或 control_class", "mend the code or control_class"),
    Rule("element_digit_mismatch", "block", "编码中的要素位与图层不一致", "the element digit of the code contradicts the layer",
         "改正编码，或把要素放入对应图层", "mend the code, or move the feature to its layer"),
    Rule("subtype_digit_mismatch", "warn", "编码中的细类位与要素细类不一致", "the subtype digit of the code differs from the zone type",
         "核对编码与要素细类；按要素细类计算", "check code and zone type; the zone type is used"),
    Rule("unknown_zone_type", "block", "要素细类不在类型表中", "the zone type is not in the type table",
         "改用 zone_types 表中的类型，或增加本省细类", "use a type of zone_types, or add the province's own"),
    Rule("duplicate_code", "block", "编码重复", "the code occurs twice",
         "一个编码只对应一个要素；飞地请合并为多部件", "one code, one feature; merge parts into a multipolygon"),
    Rule("missing_geometry", "block", "图形为空或不是面", "the geometry is empty or not a polygon",
         "在 GIS 中补绘该要素", "draw the feature in a GIS"),
    Rule("area_differs_from_stated", "warn", "计算面积与填报面积相差超过 0.5%", "the computed area differs from the stated one by over 0.5 %",
         "核对填报口径（椭球面积或投影面积）", "check how the stated area was measured"),
    Rule("unknown_zone", "set_aside", "要素分区编码不在相应图层中", "the zone is not in its layer",
         "核对分区编码，或在 zones/ 的图层中补充该分区", "check the code, or add the zone to its layer in zones/"),
    Rule("effluent_above_influent", "set_aside", "出水浓度高于进水浓度", "the effluent is above the influent",
         "核对进出水浓度是否写反、单位是否一致（mg/L）", "check whether in and out are swapped, and the unit (mg/L)"),
    Rule("module_is_off", "warn", "所属模块未启用，文件未读取", "its module is off; the file was not read",
         "需要时在 city.toml 的 [modules] 中启用该模块", "switch the module on in city.toml, [modules], if you want it"),
    Rule("module_without_table", "warn", "模块已启用但缺少该表，相应结果没有数据行",
         "the module is on but this table was not brought; what is computed from it has no rows",
         "按数据字典提供该表，或在 city.toml 中关闭该模块", "bring the table, or switch the module off in city.toml"),
    Rule("geometry_repaired", "warn", "图形无效，已修复", "the geometry was invalid and has been repaired",
         "请在原始数据中修正该图形", "mend the geometry in the source data"),
)  # fmt: skip

RULE_BY_CODE = {rule.code: rule for rule in _RULES}
