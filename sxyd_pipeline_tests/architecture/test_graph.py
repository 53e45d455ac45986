"""The graph is the document: every table has a contract, edges point right, words are golden."""

import dagster as dg
import pytest

from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.contracts.catalog import ASSET_TABLES, TABLE_BY_ASSET, TABLES
from sxyd_pipeline.contracts.model import GROUPS, SCHEMAS
from sxyd_pipeline.definitions import defs
from sxyd_pipeline.deliverables.catalogue import DELIVERABLES

#: What activity rows are gathered from.
ACTIVITY = ("facilities", "facility_activity", "area_activity", "statistical_areas")

#: The graph in words. A change here is a change of the product's document: say so in the CHANGELOG.
GOLDEN = {
    "inputs": {
        "layers": {"city_package"},
        "proxies": {"city_package"},
        "statistical_areas": {"city_package"},
        "facilities": {"city_package", "layers"},
        "facility_activity": {"city_package", "facilities"},
        "facility_emissions": {"city_package", "facilities"},
        "area_activity": {"city_package", "layers", "statistical_areas"},
        "energy": {"city_package"},
        "economy": {"city_package", "layers", "statistical_areas"},
        "air_quality": {"city_package", "layers", "statistical_areas"},
        "targets": {"city_package"},
        "access_list": {"city_package"},
        "waivers": {"city_package"},
        "measures": {"city_package"},
        "land_use": {"city_package", "layers"},
        "land_changes": {"city_package", "layers"},
        "wastewater": {"city_package", "layers"},
        "carbon_projects": {"city_package", "layers"},
        "coastal_habitats": {"city_package", "layers"},
    },
    "inventory": {
        "computed_emissions": {"facilities", "facility_activity", "area_activity", "statistical_areas"},
        "source_emissions": {"computed_emissions", "facility_emissions", "facilities"},
        "memo_emissions": {"computed_emissions", "facility_emissions"},
        "indirect_emissions": {"facilities", "facility_activity", "area_activity"},
        "quarantined_emissions": {"facilities", "facility_activity", "area_activity"},
        "energy_use": {"energy", "facility_activity", "area_activity"},
        "emission_totals": {"source_emissions", "layers"},
        "uncertainty": {"source_emissions"},
    },
    "zoning": {
        "districts": {"layers"},
        "zones": {"layers", "districts"},
        "control_units": {"layers", "districts", "zones"},
        "control_unit_zones": {"control_units", "zones"},
        "topology": {"layers", "districts", "zones", "control_units"},
    },
    "baseline": {
        "placements": {"source_emissions", "facilities", "proxies", "districts", "zones", "control_units"},
        "district_emissions": {"source_emissions", "placements", "districts"},
        "zone_emissions": {"source_emissions", "placements", "zones"},
        "control_unit_emissions": {"source_emissions", "placements", "control_units"},
        "structure": {"source_emissions", "placements", "economy", "districts", "zones", "control_units"},
        "decomposition": {"energy_use", "source_emissions", "economy", *ACTIVITY},
        "decoupling": {"energy_use", "source_emissions", "economy", *ACTIVITY},
        "key_industries": {"source_emissions", "economy"},
        "key_fields": {"source_emissions"},
        "lints": {
            "facility_activity", "area_activity", "facility_emissions", "energy", "economy", "land_use",
            "land_changes", "computed_emissions", "source_emissions", "indirect_emissions", "emission_totals",
        },
        "key_areas": {
            "district_emissions", "zone_emissions", "control_unit_emissions", "districts", "zones", "control_units",
        },
    },
    "projection": {
        "drivers": {"city_package"},
        "project_placements": {"city_package", "proxies", "districts", "zones", "control_units"},
        "scenario_sources": {"city_package", "source_emissions", "project_placements", *ACTIVITY},
        "projected_emissions": {"city_package", "scenario_sources"},
        "lever_effects": {"city_package", "scenario_sources"},
        "projected_area_emissions": {"projected_emissions", "placements", "project_placements"},
        "projected_totals": {"city_package", "projected_emissions", "scenario_sources"},
        "projected_control_unit_emissions": {
            "city_package", "projected_emissions", "scenario_sources", "placements", "project_placements",
        },
        "variance_shares": {"city_package", "scenario_sources"},
        "projected_indicators": {
            "city_package", "projected_totals", "projected_area_emissions", "energy_use", "air_quality", *ACTIVITY,
        },
        "permitted": {"targets", "projected_indicators", "air_quality"},
        "target_gaps": {"projected_indicators", "permitted"},
        "back_cast": {"projected_totals", "projected_indicators", "source_emissions", "energy_use", "economy"},
        "peak": {"city_package", "projected_totals", "scenario_sources"},
        "consistency": {"permitted", "target_gaps", "projected_indicators", "energy_use", "source_emissions"},
    },
    "synergy": {
        "synergy_indicators": {
            "city_package", "projected_area_emissions", "projected_emissions", "scenario_sources", "placements",
            "project_placements", "projected_indicators", "permitted", "districts", "zones", "control_units",
        },
        "score_weights": {"synergy_indicators"},
        "score_contributions": {
            "synergy_indicators", "score_weights", "projected_emissions", "scenario_sources", "placements",
            "project_placements", "facilities",
        },
        "score_variants": {"synergy_indicators", "score_weights"},
        "control_unit_scores": {
            "city_package", "synergy_indicators", "score_weights", "score_contributions", "score_variants",
            "scenario_sources", "placements", "project_placements", "control_units",
        },
        "zone_scores": {
            "city_package", "synergy_indicators", "score_weights", "score_contributions", "score_variants",
            "scenario_sources", "placements", "project_placements", "zones",
        },
        "homology": {"source_emissions", "placements", "districts", "zones", "control_units"},
        "coupling": {"projected_area_emissions", "economy", "control_units", "districts"},
        "grid_emissions": {"source_emissions", "facilities", "proxies", "districts"},
        "clusters": {
            "grid_emissions", "control_unit_emissions", "district_emissions", "control_units", "districts",
        },
        "spatial_statistics": {
            "grid_emissions", "control_unit_emissions", "district_emissions", "control_units", "districts",
        },
        "measure_effects": {"source_emissions", "zones", "measures"},
        "measure_reductions": {"source_emissions", "placements", "measures"},
        "mac_curve": {"measure_effects", "measure_reductions"},
        "portfolio_options": {"projected_emissions", "scenario_sources", "measures"},
        "portfolio": {"portfolio_options", "measure_effects", "target_gaps", "permitted"},
        "portfolio_targets": {"portfolio_options", "portfolio", "measure_effects", "target_gaps", "permitted"},
        "pareto": {"portfolio_options", "measure_effects"},
        "coordination": {
            "measure_effects", "source_emissions", "placements", "control_unit_zones", "zones", "key_industries",
            "measures",
        },
        "conflicts": {
            "coordination", "source_emissions", "placements", "control_unit_zones", "zones", "access_list", "measures",
        },
        "non_co2": {"city_package", "source_emissions", "placements"},
        "fugitive_gases": {"city_package", "source_emissions", "facilities", "placements"},
        "water_synergy": {"city_package", "wastewater"},
        "carbon_stocks": {"city_package", "land_use"},
        "carbon_changes": {"city_package", "land_changes"},
        "carbon_sinks": {"city_package", "land_use"},
        "blue_carbon": {"city_package", "coastal_habitats"},
        "siting_projects": {"city_package", "carbon_projects", "zones", "control_units"},
        "siting": {"city_package", "control_units", "control_unit_zones", "zones", "siting_projects"},
    },
    "published": {
        "edition": {table.asset for table in ASSET_TABLES},
        **{name: {"edition"} for name in DELIVERABLES},
        "release": {"edition", *DELIVERABLES},
    },
    "access": {
        "rule_evidence": {
            "control_units", "zones", "control_unit_zones", "facilities", "facility_activity", "source_emissions", "placements",
            "control_unit_emissions", "structure", "permitted", "target_gaps", "control_unit_scores", "measure_reductions", "conflicts",
        },
        "clauses": {"access_list", "rule_evidence", "control_units", "zones", "control_unit_zones", "measure_effects"},
        "clause_evidence": {
            "clauses", "rule_evidence", "control_units", "zones", "control_unit_zones", "measure_effects",
        },
        "control_unit_lists": {"clauses", "waivers", "control_units", "control_unit_zones", "zones"},
        "overall_list": {"clauses", "zones"},
        "clause_checks": {
            "clauses", "zones", "facilities", "facility_activity", "placements", "project_placements", "structure",
            "projected_indicators", "projected_emissions", "scenario_sources",
        },
        "clause_conflicts": {
            "clauses", "waivers", "conflicts", "control_units", "control_unit_zones", "zones", "control_unit_lists",
        },
        "list_coverage": {"access_list", "clauses", "control_units", "key_industries"},
        "clause_lints": {"clauses", "control_unit_zones"},
    },
}  # fmt: skip


def graph() -> dict[str, tuple[str, set[str]]]:
    """Group and parents of every materialisable asset."""
    assets = defs.resolve_asset_graph()
    return {
        key.to_user_string(): (
            assets.get(key).group_name,
            {parent.to_user_string() for parent in assets.get(key).parent_keys},
        )
        for key in assets.materializable_asset_keys
    }


def test_the_graph_reads_as_written_here() -> None:
    found = {group: {n: p for n, (g, p) in graph().items() if g == group} for group in GOLDEN}
    assert {g: {n: sorted(p) for n, p in words.items()} for g, words in found.items()} == {
        g: {n: sorted(p) for n, p in words.items()} for g, words in GOLDEN.items()
    }


def test_no_edge_points_left() -> None:
    known = graph()
    left = [
        f"{parent} ({known[parent][0]}) -> {name} ({group})"
        for name, (group, parents) in known.items()
        for parent in parents
        if parent in known and GROUPS.index(known[parent][0]) > GROUPS.index(group)
    ]
    assert left == []


def test_every_asset_has_a_contract_and_every_contract_an_asset() -> None:
    declared = {name for name, declaration in DECLARATIONS.items() if declaration.group != "published"}
    assert declared == {table.asset for table in ASSET_TABLES}


def test_the_release_waits_for_every_table_and_every_deliverable() -> None:
    known = graph()
    assert known["edition"][1] == {table.asset for table in ASSET_TABLES}
    assert known["release"][1] == {"edition", "result_data", *DELIVERABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_a_contract_is_complete(table: object) -> None:
    assert table in TABLES
    contract = TABLE_BY_ASSET[table.asset]  # type: ignore[attr-defined]  # parametrised with Table
    assert contract.group in SCHEMAS
    assert contract.columns[0].name == "city_code"
    assert set(contract.key) <= {column.name for column in contract.columns}
    assert contract.has_geometry == any(column.name == "geometry" for column in contract.columns)
    assert all(column.label and column.english for column in contract.columns)
    assert contract.label
    assert contract.grain
    assert contract.source


def test_units_of_measure_stand_in_the_suffix() -> None:
    wrong = [
        f"{table.full_name}.{column.name}"
        for table in TABLES
        for column in table.columns
        if (column.name.endswith("_share") and column.measured_in != "1")
        or (column.name.endswith("_km2") and "km2" not in column.measured_in)
        or (
            column.name.endswith("_t")
            and not column.name.endswith("_per_t")
            and not column.measured_in.startswith("t")
        )
    ]
    assert wrong == []


def test_chinese_views_have_names_of_their_own() -> None:
    labels = [table.label for table in TABLES]
    assert len(set(labels)) == len(labels)


def test_the_definitions_load() -> None:
    assert isinstance(defs, dg.Definitions)
    dg.Definitions.validate_loadable(defs)
