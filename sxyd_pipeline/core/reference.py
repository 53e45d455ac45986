"""Reference data as frames: what core functions may look up. Magnitudes, never identity.

Each frame's columns are listed beside it. ``cited_from`` says where a number stands and
``confidence`` is one of read, computed, recalled, default.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Reference:
    """All tables of ``data/reference``.

    Attributes:
        fuels: fuel_code, amount_unit, ncv_gj_per_unit (per t, or per 10^4 m3 for gases),
            carbon_tc_per_gj, oxidation_share, sulfur_share, ash_share, fossil_carbon_share,
            co2_low_ratio, co2_high_ratio, cited_from, page, confidence.
        emission_factors: factor_id, activity_code, technology_code (null = any technology),
            species, method_id, value, unit, low, high, applies_removal (so2, nox, pm, vocs or null),
            cited_from, page, confidence, note.
        technologies: technology_code, name_zh, activity_codes (separated by ;), pollutants_counted_with,
            co2_counted_with (products the emissions are counted with when their owner reports them),
            base_technology (whose factors hold where it has none of its own), has_limestone_fgd,
            denitrification (scr, sncr or null), cited_from, confidence.
        gwp: gwp_set, gas, species, value, cited_from, confidence.
        grid_factors: factor_id, region_code, region_name, year, factor_kind, value, unit, cited_from,
            confidence.
        pollution_equivalents: species, substance_zh, equivalent_value_kg, cited_from, confidence, note.
        industries: code, level, name, section, division, group, cited_from, confidence.
        adcodes: adcode, name, level, vintage, cited_from, confidence.
        zone_types: zone_type, element, control_class, name_zh, province, cited_from, confidence.
        activity_ranges: table_name, method (of the datum), low_ratio, high_ratio, cited_from, confidence.
        methods: method_id, name_zh, name_en, formula, cited_from, confidence.
        counting_gates: gate_id, activity_codes, technology_codes (separated by ;, null = any),
            species_group (co2, pollutants, non_co2 or fgd_co2), scope (owner or city), when_activity_codes,
            when_technology_codes, why_zh, why_en, cited_from, confidence; what is counted elsewhere.
        two_high_industries: province (null = all), group, group_zh, group_en, industry_code, counts,
            product_zh, activity_codes, cited_from, confidence.
        key_item_rules: rule_id, scope, value, low, high, unit, meaning_zh, meaning_en, cited_from,
            confidence.
        national_targets: indicator, year, value, unit, relative_to_year, region, applies_to_city, name_zh,
            cited_from, confidence.
        target_indicators: indicator, name_zh, name_en, quantity, species, form, comparison, unit, formula,
            method_id, cited_from, confidence.
        projection_parameters: parameter, year, value, unit, name_zh, cited_from, confidence.
        consistency_tests: test, tolerance, name_zh, name_en, rule_zh, cited_from, confidence.
        lint_rules: rule_id, kind, value, unit, meaning_zh, meaning_en, cited_from, confidence.
        score_components: component, name_zh, name_en, unit, direction (1 or -1), transform (log or linear),
            bound_kind (base_year or fixed), bound_low, bound_high, meaning_zh, cited_from, confidence.
        score_weights: weight_scheme_id, kind (equal, entropy or ahp), name_zh, name_en, component,
            other_component, judgement (of ahp: how much more the first matters), is_main, cited_from,
            confidence.
        score_classes: grade_scheme_id, score_class, name_en, position (1 = top), upper_rank_share,
            cited_from, confidence.
        score_parameters: parameter, value, unit, name_zh, name_en, cited_from, confidence.
        measures: measure_id, names, stage, sequence (order on a source), exclusive_group, module, selectors
            (separated by ;), start_year, uptake_2025_share, uptake_2035_share, cost_basis, capex, opex and
            saving per unit of the basis, lifetime_years, mechanism, cited_from, confidence, both
            of the costs too.
        measure_effects: measure_id, species (or activity, energy, electricity, sink_co2), kind,
            reference_species, value (positive = falls), narrowing, note, cited_from, confidence.
        cost_parameters: parameter, value, unit, name_zh, name_en, cited_from, confidence.
        coordination_rules: pair_id, object_type, object_code, object_name_zh, requirements, verdict,
            condition, verdict_if_true, verdict_if_false, words, clause_pattern, cited_from, confidence.
        grade_schemes: scheme_id, quantity (coordination_d or synergy_degree), lower, upper, closed (left:
            classes hold their lower bound; right: their upper), grade_zh, grade_en, cited_from, confidence.
        synergy_parameters: parameter, value, unit, name_zh, name_en, cited_from, confidence.
        metric_words: metric, name_zh, name_en, unit, other_units (separated by ;), better (low or high),
            dimension, is_carbon, words (how clauses call it), cited_from, confidence.
        dimension_aliases: province (null = all), alias, dimension, cited_from, confidence.
        industry_aliases: word, codes (separated by ;, of 2 to 4 digits, or @two_high), needs_context, note,
            cited_from, confidence.
        basis_documents: document, number, issued_on, valid_to, replaced_by, cited_from, confidence.
        carbon_densities: density_set, land_class, name_zh, name_en, c_above_t_per_ha, c_below_t_per_ha,
            c_soil_t_per_ha, c_dead_t_per_ha (tC/ha), cited_from, confidence.
        carbon_fluxes: flux_id, land_class, kind (nep is a sink, npp is not), value, low, high, unit,
            cited_from, confidence.
        blue_carbon: habitat, name_zh, name_en, burial_gc_per_m2, low_gc_per_m2, high_gc_per_m2 (gC/(m2 a)),
            cited_from, confidence.
        water_equivalents: pollutant, name_zh, equivalent_value_kg, cited_from, confidence.
        water_parameters: parameter, plant_kind, value, low, high, unit, meaning_zh, cited_from, confidence.
        siting_project_types: project_type, name_zh, name_en, size_unit, effect_basis (grid_displaced: MWh
            times the grid factor, or direct: tCO2), value, low, high, effect_unit, needs_module, note_zh,
            cited_from, confidence.
        siting_rules: rule_id, project_type, element, zone_type (null = anywhere), verdict (prohibited,
            conditional, allowed), required_studies, condition_zh, cited_from, confidence.
        clause_metrics: metric, name_zh, name_en, unit, accepted_units, kind, subject, direction (at_most,
            at_least), comparable (object, total), project, missing_zh, missing_en, cited_from, confidence.
        clause_rules: rule_id, for_each, applies_to, dimension, when, evidence and the clause they make, see
            docs/clause-rules.md; cited_from, confidence.
        clause_resolutions: subject, resolution, statement_zh, statement_en, cited_from, confidence.
        parent_clauses: clause_id, level, scope_code, scope_name, adcode_prefixes, dimension, clause_text, the
            clause model, cited_from, confidence.
        benchmark_limits: limit_id, kind (benchmark, stack), activity_codes, name_zh, name_en, metric,
            operator, unit, advanced, baseline, industry_codes, condition_zh, cited_from, confidence.
        replacement_ratios: zone_type, ratio, word_zh, cited_from, confidence.
        prohibited_fuels: fuel_code, category, exempt_industry_codes, condition_zh, cited_from, confidence.
        project_objects: position, words, applies_if, outcome (refuse, argue, in_park, not_applicable),
            why_zh, why_en, cited_from, confidence.
        carbon_eia_industries: group, group_zh, group_en, industry_code (prefix), cited_from, confidence.
        delivery_fields: spec_version, layer, form (layer or table), layer_names (separated by ;), required,
            position, field, field_names (separated by ;), mandatory, kind, measured_in, minimum, maximum,
            allowed (separated by ;), cited_from, confidence; what a delivery must hold.
        delivery_rules: spec_version, rule_id, strength (block or warn), tolerance, unit, messages and
            remedies in Chinese and English, cited_from, confidence.
    """

    fuels: pl.DataFrame
    emission_factors: pl.DataFrame
    technologies: pl.DataFrame
    gwp: pl.DataFrame
    grid_factors: pl.DataFrame
    pollution_equivalents: pl.DataFrame
    industries: pl.DataFrame
    adcodes: pl.DataFrame
    zone_types: pl.DataFrame
    activity_ranges: pl.DataFrame
    methods: pl.DataFrame
    counting_gates: pl.DataFrame
    two_high_industries: pl.DataFrame
    key_item_rules: pl.DataFrame
    national_targets: pl.DataFrame
    target_indicators: pl.DataFrame
    projection_parameters: pl.DataFrame
    consistency_tests: pl.DataFrame
    lint_rules: pl.DataFrame
    score_components: pl.DataFrame
    score_weights: pl.DataFrame
    score_classes: pl.DataFrame
    score_parameters: pl.DataFrame
    grade_schemes: pl.DataFrame
    synergy_parameters: pl.DataFrame
    metric_words: pl.DataFrame
    dimension_aliases: pl.DataFrame
    industry_aliases: pl.DataFrame
    basis_documents: pl.DataFrame
    carbon_densities: pl.DataFrame
    carbon_fluxes: pl.DataFrame
    blue_carbon: pl.DataFrame
    water_equivalents: pl.DataFrame
    water_parameters: pl.DataFrame
    siting_project_types: pl.DataFrame
    siting_rules: pl.DataFrame
    measures: pl.DataFrame
    measure_effects: pl.DataFrame
    cost_parameters: pl.DataFrame
    coordination_rules: pl.DataFrame
    clause_metrics: pl.DataFrame
    clause_rules: pl.DataFrame
    clause_resolutions: pl.DataFrame
    parent_clauses: pl.DataFrame
    benchmark_limits: pl.DataFrame
    replacement_ratios: pl.DataFrame
    prohibited_fuels: pl.DataFrame
    carbon_eia_industries: pl.DataFrame
    project_objects: pl.DataFrame
    delivery_fields: pl.DataFrame
    delivery_rules: pl.DataFrame
