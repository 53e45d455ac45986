# ruff: noqa: E501 - one rule, one line: this page is read as a table
"""Which rules hold for which table beyond its columns. One line per rule; the functions stand beside.

To add a rule: write a function that returns the offending rows, and name it here.
"""

from sxyd_pipeline.checks import (
    access_clauses,
    access_lists,
    ledgers,
    masses,
    projections,
    synergy_measures,
    synergy_modules,
    synergy_scores,
    synergy_space,
    topology,
)
from sxyd_pipeline.checks.audit import Rule
from sxyd_pipeline.contracts.model import Table

#: Rules on the ledgers of every step that hands on an Outcome.
OF_OUTCOMES = (
    Rule("no_finding_blocks", "invariant", "没有阻断性问题", "no finding stops the city", ledgers.blocking_findings, "ledgers_balance"),
    Rule("tonnes_balance", "invariant", "进入量＝输出量＋差额", "tonnes in = out + lost", ledgers.unbalanced_tonnes, "ledgers_balance"),
    Rule("rows_are_counted", "invariant", "读入行＝接受行＋隔离行", "rows read = accepted + set aside", ledgers.uncounted_rows, "ledgers_balance"),
    Rule("amounts_balance", "invariant", "读入量＝接受量＋隔离量", "amount read = accepted + set aside", ledgers.unbalanced_amounts, "ledgers_balance"),
)  # fmt: skip

#: Rules of steps that read the package.
OF_READERS = (
    Rule("quarantine_is_small", "plausibility", "隔离行不超过 5%", "at most 5 % of rows are set aside", ledgers.large_quarantine),
)  # fmt: skip

_INTERVAL = Rule(
    "interval_holds_the_point",
    "invariant",
    "下限 ≤ 排放量 ≤ 上限",
    "low <= emission <= high",
    masses.points_outside_interval,
)
_ONE_GWP_SET = Rule(
    "one_gwp_set", "invariant", "只用一套 GWP 取值", "one set of warming potentials", masses.mixed_gwp_sets
)
_CO2_IS_ONE = Rule(
    "co2_counts_once",
    "invariant",
    "1 吨 CO2 当量为 1 吨",
    "a tonne of CO2 is a tonne of CO2e",
    masses.equivalents_off_co2,
)
_CARBON = (_INTERVAL, _ONE_GWP_SET, _CO2_IS_ONE)
_SHARES = Rule(
    "shares_sum_to_one",
    "invariant",
    "落位份额之和为 1",
    "shares of a place sum to one",
    masses.shares_off_one,
)

_NO_OVERLAP = Rule(
    "features_do_not_overlap", "invariant", "要素互不重叠", "features do not overlap", topology.overlaps
)
_CLASS_DIGIT = Rule(
    "class_follows_code",
    "invariant",
    "管控类别与编码类别位一致",
    "control class is the digit of the code",
    topology.contradictions,
)

_NOT_ANONYMOUS = Rule(
    "says_how_it_was_made",
    "invariant",
    "每行均有方法、公式变体与输入校验和",
    "every row names method, variant and inputs",
    synergy_scores.anonymous_rows,
)
_SCORES = (
    Rule(
        "contributions_sum_to_score",
        "invariant",
        "贡献之和等于综合得分",
        "contributions sum to the composite score",
        synergy_scores.contributions_off_score,
    ),
    Rule(
        "score_is_the_main_method",
        "invariant",
        "得分与位次等于主方法",
        "score and rank are those of the main method",
        synergy_scores.scores_off_main_variant,
    ),
    Rule(
        "rank_within_interval",
        "invariant",
        "位次在其区间内",
        "a rank lies within its interval",
        synergy_scores.ranks_outside_interval,
    ),
    Rule(
        "quadrant_follows_quotients",
        "invariant",
        "象限与区位商一致",
        "the quadrant follows the location quotients",
        synergy_scores.quadrants_off_quotients,
    ),
    _NOT_ANONYMOUS,
)

#: Rules of single tables, by asset.
BY_ASSET: dict[str, tuple[Rule, ...]] = {
    "districts": (_NO_OVERLAP,),
    "zones": (
        Rule("zones_of_an_element_do_not_overlap", "invariant", "同一要素的分区互不重叠", "zones of an element do not overlap", topology.zone_overlaps),
        Rule("zones_cover_the_city", "invariant", "应覆盖全域的要素无空白", "elements that cover the city leave no gap", topology.zone_gaps),
        _CLASS_DIGIT,
    ),
    "control_units": (
        _NO_OVERLAP,
        Rule("units_cover_the_city", "invariant", "管控单元覆盖市域且无空白", "control units cover the city without gaps", topology.unit_gaps),
        Rule("units_stay_inside", "invariant", "管控单元不超出市域", "control units stay inside the city", topology.units_outside),
        _CLASS_DIGIT,
    ),
    "control_unit_zones": (
        Rule("bridge_areas_sum_to_unit", "invariant", "对应面积之和等于单元面积", "shared areas sum to the area of the unit", topology.bridge_differences),
    ),
    "computed_emissions": (_INTERVAL, _ONE_GWP_SET),
    "source_emissions": (
        *_CARBON,
        Rule("particles_in_order", "invariant", "PM10 ≥ PM2.5 ≥ BC+OC", "PM10 >= PM2.5 >= BC + OC", masses.particles_out_of_order),
        Rule("coal_gives_usual_co2", "plausibility", "吨煤 CO2 在 0.7–3.0 之间", "0.7 to 3.0 t CO2 per t of coal", masses.odd_co2_of_coal),
    ),
    "emission_totals": (
        *_CARBON,
        Rule("totals_match_inventory", "invariant", "汇总等于清单", "totals sum to the inventory", masses.totals_off_inventory),
        Rule("totals_near_last_run", "plausibility", "总量与上次相比不超过 3 倍", "totals within a factor of 3 of the last run", masses.jumped_totals),
    ),
    "uncertainty": (_INTERVAL,),
    "placements": (_SHARES,),
    "district_emissions": (
        *_CARBON, Rule("all_mass_is_placed", "invariant", "区县合计等于清单", "districts sum to the inventory", masses.placed_mass_gaps),
    ),
    "control_unit_emissions": (
        *_CARBON, Rule("all_mass_is_placed", "invariant", "管控单元合计等于清单", "control units sum to the inventory", masses.placed_mass_gaps),
    ),
    "zone_emissions": (
        *_CARBON, Rule("all_mass_is_placed", "invariant", "覆盖全域的要素分区合计等于清单，其余不超过", "zones of a covering element sum to the inventory, others never exceed it", masses.zone_mass_gaps),
    ),
    "structure": (Rule("shares_sum_to_one", "invariant", "各口径占比之和为 1", "shares of a breakdown sum to one", projections.shares_off_one),),
    "decomposition": (Rule("nothing_is_left_over", "invariant", "因素分解无残差", "the decomposition leaves nothing over", projections.residuals),),
    "lints": (Rule("no_misuse_found", "plausibility", "未发现常见误用", "no common misuse was found", projections.lints_found),),
    "project_placements": (_SHARES,),
    "projected_emissions": (
        Rule("base_year_is_inventory", "invariant", "各情景基准年等于清单", "the base year of every scenario is the inventory", projections.base_year_off_inventory),
        Rule("neutral_is_inventory", "invariant", "基准情景各年等于清单", "the neutral scenario is the inventory in every year", projections.neutral_off_inventory),
    ),
    "projected_area_emissions": (Rule("layers_sum_to_city", "invariant", "各图层合计等于全市", "every layer sums to the city", projections.layers_off_city),),
    "projected_totals": (
        Rule("totals_are_sums", "invariant", "汇总等于各源之和", "totals are the sum of their sources", projections.totals_off_sources),
        Rule("quantiles_ascend", "invariant", "分位数递增", "quantiles ascend", projections.quantiles_out_of_order),
    ),
    "projected_control_unit_emissions": (
        Rule("units_sum_to_city", "invariant", "管控单元合计等于全市", "control units sum to the city", projections.units_off_city),
        Rule("quantiles_ascend", "invariant", "分位数递增", "quantiles ascend", projections.quantiles_out_of_order),
    ),
    "lever_effects": (Rule("effects_within_base", "invariant", "减排贡献不超过基准年排放", "effects never lower a species by more than there is", projections.effects_off_change),),
    "coupling": (
        Rule("d_squared_is_c_times_t", "invariant", "D²＝C·T", "D squared is C times T", synergy_space.coupling_off_formula),
        Rule("every_grade_names_its_scheme", "invariant", "每个等级注明分级方案", "every grade names its scheme", synergy_space.grades_without_scheme),
    ),
    "grid_emissions": (
        Rule("grid_sums_to_inventory", "invariant", "网格合计等于清单", "cells sum to the inventory", synergy_space.grid_off_inventory),
        Rule("cells_cover_the_city", "invariant", "网格面积合计等于市域", "cells cover the city, no more and no less", synergy_space.cells_off_city),
    ),
    "clusters": (
        Rule("cluster_follows_sign", "invariant", "聚类类型与统计量符号一致", "a cluster follows the sign of its statistic", synergy_space.labels_off_sign),
        Rule("cluster_follows_p", "invariant", "聚类类型与 P 值一致", "a cluster follows its p value", synergy_space.labels_off_p),
    ),
    "synergy_indicators": (
        Rule("quotients_average_one", "invariant", "区位商面积加权均值为 1", "the area-weighted mean location quotient is 1", synergy_scores.quotients_off_mean),
        Rule("empty_says_why", "invariant", "空值须说明原因", "an empty value says why", synergy_scores.empty_without_reason),
        _NOT_ANONYMOUS,
    ),
    "score_weights": (
        Rule("weights_sum_to_one", "invariant", "权重之和为 1，且恰有一个主方案", "weights sum to one, one scheme is the main one", synergy_scores.weights_off_one),
        Rule("judgements_agree", "invariant", "一致性比例不超过 0.1", "the consistency ratio is at most 0.1", synergy_scores.inconsistent_judgements),
        _NOT_ANONYMOUS,
    ),
    "score_contributions": (Rule("parts_are_products", "invariant", "贡献＝权重×归一值", "a contribution is weight times normalised value", synergy_scores.parts_off_product), _NOT_ANONYMOUS),
    "score_variants": (Rule("ranks_are_a_permutation", "invariant", "位次为 1 至 n 的排列", "ranks are a permutation of 1 to n", synergy_scores.ranks_of_variants_off), _NOT_ANONYMOUS),
    "control_unit_scores": (Rule("ranks_are_a_permutation", "invariant", "位次为 1 至 n 的排列", "ranks are a permutation of 1 to n", synergy_scores.ranks_of_units_off), *_SCORES),
    "zone_scores": (Rule("ranks_are_a_permutation", "invariant", "同一要素内位次为 1 至 n 的排列", "ranks within an element are a permutation of 1 to n", synergy_scores.ranks_of_zones_off), *_SCORES),
    "homology": (_NOT_ANONYMOUS,),
    "consistency": (Rule("inventory_meets_balance", "plausibility", "清单与能源平衡一致", "the inventory meets the energy balance", projections.failed_consistency),),
    "measure_effects": (
        Rule("quadrant_follows_signs", "invariant", "象限、弹性与增减符号一致", "quadrant and elasticity follow the signs", synergy_measures.quadrants_against_signs), _NOT_ANONYMOUS,
    ),
    "measure_reductions": (
        Rule("removes_what_is_there", "invariant", "措施合计减少量不超过排放量", "measures together remove no more than is emitted", synergy_measures.removed_more_than_emitted),
        Rule("units_sum_to_ledger", "invariant", "管控单元合计等于台账", "control units sum to the ledger", synergy_measures.units_off_ledger), _NOT_ANONYMOUS,
    ),
    "mac_curve": (Rule("steps_ascend", "invariant", "成本曲线由低到高", "the curve ascends", synergy_measures.steps_out_of_order), _NOT_ANONYMOUS),
    "portfolio_options": (_NOT_ANONYMOUS,),
    "portfolio": (Rule("uptakes_fit", "invariant", "各部分不超过范围、措施不超过上限", "parts fit their scope, measures their limits", synergy_measures.overfull_scopes), _NOT_ANONYMOUS),
    "portfolio_targets": (Rule("targets_hold_again", "invariant", "达标由普及率复算成立", "targets hold when recomputed from uptakes", synergy_measures.targets_off_uptake), _NOT_ANONYMOUS),
    "pareto": (Rule("no_point_is_beaten", "invariant", "前沿上没有被支配的点", "no point of the front is beaten", synergy_measures.beaten_points), _NOT_ANONYMOUS),
    "coordination": (Rule("verdict_fits_numbers", "plausibility", "强协同的措施不增加碳", "a strongly synergetic measure does not raise carbon", synergy_measures.verdicts_against_numbers), _NOT_ANONYMOUS),
    "conflicts": (_NOT_ANONYMOUS,),
    "non_co2": (Rule("gases_sum_to_inventory", "invariant", "各管控单元非二氧化碳气体合计等于清单", "gases of control units sum to the inventory", synergy_modules.gases_off_inventory),),
    "carbon_stocks": (Rule("stock_is_area_times_density", "invariant", "碳储量＝面积×碳密度，未加通量", "a stock is area times density, no flux was added", synergy_modules.stocks_off_density),),
    "carbon_changes": (Rule("change_is_area_times_difference", "invariant", "储量变化＝面积×碳密度之差", "a change is area times the difference of densities", synergy_modules.changes_off_densities),),
    "carbon_sinks": (
        Rule("sink_is_area_times_flux", "invariant", "碳汇＝面积×NEP 型通量，未加储量变化；NPP 不计", "a sink is area times an NEP-type flux; no stock was added and NPP is not counted", synergy_modules.sinks_off_flux),
        Rule("sink_within_its_range", "invariant", "碳汇在其区间内", "a sink lies within its range", synergy_modules.sinks_outside_range),
    ),
    "blue_carbon": (Rule("burial_is_area_times_rate", "invariant", "埋藏量＝面积×速率×44/12", "burial is area times rate times 44/12", synergy_modules.burial_off_rate),),
    "water_synergy": (Rule("synergy_is_a_ratio", "invariant", "协同度＝去除当量÷CO2 当量", "synergy is equivalents removed over CO2e", synergy_modules.synergy_off_ratio),),
    "siting": (
        Rule("verdict_follows_shares", "invariant", "判定与禁止、限制面积一致", "the verdict follows the shares", synergy_modules.siting_contradictions),
        Rule("every_unit_is_judged", "invariant", "每个管控单元均有判定", "every control unit is judged", synergy_modules.siting_gaps),
    ),
    "siting_projects": (Rule("effect_within_its_range", "invariant", "减碳量在其区间内", "a CO2 effect lies within its range", synergy_modules.effects_outside_range),),
    "rule_evidence": (
        Rule("evidence_is_in_release", "invariant", "证据行存在且数值一致", "every row of evidence stands in the release with its number", access_clauses.evidence_not_in_release),
    ),
    "clauses": (
        Rule("limits_have_a_source", "invariant", "限值均有出处", "every threshold has a source", access_clauses.limits_without_source),
        Rule("no_text_is_lost", "invariant", "现行条款文字一条不丢、一字不改", "the text of every clause in force stands in the list", access_lists.texts_lost),
        Rule("changes_are_told", "invariant", "修改有原文与方向，退出有理由", "changes have the text before and a direction, withdrawals a reason", access_lists.changes_without_words),
    ),
    "clause_evidence": (
        Rule("generated_clauses_are_proven", "invariant", "生成条款均有证据", "every generated clause has evidence", access_clauses.clauses_without_evidence),
        Rule("proof_is_in_release", "invariant", "条款证据见于发布的数据行", "evidence of clauses is in the book of evidence", access_clauses.proof_not_in_book),
    ),
    "control_unit_lists": (
        Rule("key_units_have_every_dimension", "invariant", "重点管控单元四个维度均有条款", "key units have a clause in each dimension", access_clauses.key_units_without_dimension),
        Rule("listed_clauses_exist", "invariant", "清单中的条款存在且未撤销", "listed clauses exist and stand", access_clauses.clauses_not_listed),
    ),
    "clause_checks": (
        Rule("checked_clauses_exist", "invariant", "检验的条款存在且未撤销", "checked clauses exist and stand", access_clauses.clauses_not_listed),
    ),
    "list_coverage": (
        Rule("coverage_counts_the_list", "invariant", "覆盖度合计等于条款数", "coverage counts every clause once", access_lists.counts_off_list),
    ),
    "clause_lints": (Rule("list_is_sound", "plausibility", "清单没有卫生问题", "the list has no weak clause", access_lists.weak_clauses),),
}  # fmt: skip


def rules_of(table: Table, *, hands_on_outcome: bool) -> tuple[Rule, ...]:
    """Return the rules of a table, those of its ledgers first."""
    ledgers_of = OF_OUTCOMES if hands_on_outcome else ()
    reading = OF_READERS if hands_on_outcome and table.group == "inputs" else ()
    return (*ledgers_of, *reading, *BY_ASSET.get(table.asset, ()))
