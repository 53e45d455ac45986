"""Table of contents: eight groups left to right, their gates, and what starts them."""

from collections.abc import Callable
from types import ModuleType

import dagster as dg

from sxyd_pipeline import __version__, automation
from sxyd_pipeline.assets.access import clause_checks as access_checks
from sxyd_pipeline.assets.access import clauses as access_clauses
from sxyd_pipeline.assets.access import hygiene as access_hygiene
from sxyd_pipeline.assets.access import lists as access_lists
from sxyd_pipeline.assets.baseline import accounts as baseline_accounts
from sxyd_pipeline.assets.baseline import analysis as baseline_analysis
from sxyd_pipeline.assets.baseline import lints as baseline_lints
from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.assets.inputs import layers as inputs_layers
from sxyd_pipeline.assets.inputs import modules as inputs_modules
from sxyd_pipeline.assets.inputs import tables as inputs_tables
from sxyd_pipeline.assets.inventory import accounts as inventory_accounts
from sxyd_pipeline.assets.inventory import emissions as inventory_emissions
from sxyd_pipeline.assets.projection import limits as projection_limits
from sxyd_pipeline.assets.projection import scenarios as projection_scenarios
from sxyd_pipeline.assets.published import deliverables as published_deliverables
from sxyd_pipeline.assets.published import release as published_release
from sxyd_pipeline.assets.synergy import coordination as synergy_coordination
from sxyd_pipeline.assets.synergy import coupling as synergy_coupling
from sxyd_pipeline.assets.synergy import measures as synergy_measures
from sxyd_pipeline.assets.synergy import modules as synergy_modules
from sxyd_pipeline.assets.synergy import portfolio as synergy_portfolio
from sxyd_pipeline.assets.synergy import scores as synergy_scores
from sxyd_pipeline.assets.synergy import space as synergy_space
from sxyd_pipeline.assets.zoning import zoning as zoning_layers
from sxyd_pipeline.checks.gates import House, gate
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.io.resources import Lake, PackageStore, Publisher, ReferenceStore, ShardIOManager
from sxyd_pipeline.io.workspace import Workspace, find_workspace

#: Chapters of the graph, left to right; each file declares its assets.
CHAPTERS: dict[str, tuple[ModuleType, ...]] = {
    "inputs": (inputs_layers, inputs_tables, inputs_modules),
    "inventory": (inventory_emissions, inventory_accounts),
    "zoning": (zoning_layers,),
    "baseline": (baseline_accounts, baseline_analysis, baseline_lints),
    "projection": (projection_scenarios, projection_limits),
    "synergy": (
        synergy_scores, synergy_coupling, synergy_space, synergy_measures, synergy_portfolio,
        synergy_coordination, synergy_modules,
    ),
    "access": (access_clauses, access_lists, access_checks, access_hygiene),
    "published": (published_deliverables, published_release),
}  # fmt: skip

HOUSE = House(
    partitions=automation.CITY,
    package=automation.PACKAGE,
    condition=automation.GATED,
    code_version=__version__,
)

#: One run is one city, all assets, in one process: starting processes costs more than a city takes.
REFRESH_CITY = dg.define_asset_job(
    "refresh_city",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="刷新一个城市 / refresh one city",
)

Progress = Callable[[str, str, float], None]


def _silent(_asset: str, _state: str, _seconds: float) -> None:
    """Tell nobody: the UI has its own events."""


def build_definitions(workspace: Workspace, progress: Progress = _silent) -> dg.Definitions:
    """Return the whole graph for one workspace.

    Args:
        workspace: where packages, lake and releases lie.
        progress: told ``(asset, started | done | blocked, seconds)``.
    """
    modules = [module.__name__ for chapter in CHAPTERS.values() for module in chapter]
    declared = [d for d in DECLARATIONS.values() if d.function.__module__ in modules]
    cities, lake = str(workspace.cities), str(workspace.lake)
    return dg.Definitions(
        assets=[automation.CITY_PACKAGE, *(gate(d, TABLE_BY_ASSET.get(d.name), HOUSE) for d in declared)],
        jobs=[REFRESH_CITY, automation.refresh_all(workspace)],
        schedules=[automation.refresh_monthly(REFRESH_CITY)],
        sensors=[
            automation.watch_packages(workspace),
            automation.note_failures(workspace),
            dg.AutomationConditionSensorDefinition(
                "follow_changes",
                target=dg.AssetSelection.all(),
                default_status=dg.DefaultSensorStatus.RUNNING,
                minimum_interval_seconds=60,
            ),
        ],
        resources={
            "packages": PackageStore(cities=cities),
            "reference": ReferenceStore(),
            "lake": Lake(root=lake),
            "publisher": Publisher(root=str(workspace.root), cities=cities, out=str(workspace.out)),
            "io_manager": ShardIOManager(root=lake),
            "progress": dg.ResourceDefinition.hardcoded_resource(progress),
        },
        executor=dg.in_process_executor,
    )


defs = build_definitions(find_workspace())
