"""Emissions and energy of a proposed project, with the same factors as the inventory."""

from collections.abc import Collection, Iterable

import polars as pl

from sxyd_pipeline.core.access.checks_of_tables import calorific_values, coals, energy_of, prohibited_fuels
from sxyd_pipeline.core.access.project import Activity, Estimate, Project
from sxyd_pipeline.core.baseline.two_high import list_of_province
from sxyd_pipeline.core.inventory.activity import ACTIVITY_SCHEMA
from sxyd_pipeline.core.inventory.energy import TJ_PER_TCE
from sxyd_pipeline.core.inventory.estimate import emissions_of_rows
from sxyd_pipeline.core.inventory.factors import emits
from sxyd_pipeline.core.inventory.indirect import choose_grid_factor
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

#: Type of the zones where prohibited fuels must not be burnt.
_NO_BURN = "254"
_OWNER = "facility:project"
_KG_PER_T = 1e3
_CARRIERS = ("electricity", "heat")
#: Divisions 06 to 46 of GB/T 4754: mining, manufacturing, power, heat, gas and water.
_INDUSTRY = range(6, 47)
_POLLUTANTS = ("SO2", "NOx", "PM10", "PM2.5", "VOCs", "NH3")
_DEVICES = {"so2": "SO2", "nox": "NOx", "pm": "PM10", "vocs": "VOCs"}


def estimate_project(project: Project, reference: Reference, city: str, year: int) -> Estimate:
    """Estimate what a project emits and uses in a year.

    Emissions of products and fuels by the factors of the inventory, removal of its devices applied; stated
    emissions replace the estimate. What one activity row already counts (process CO2 within a fuel) is not
    counted again, as in the inventory. Bought electricity and heat give indirect CO2 with the province's
    average factor, never added to direct CO2.

    Args:
        project: what is proposed.
        reference: factors, fuels, grid factors, prohibited fuels.
        city: adcode; its first digits choose the grid factor.
        year: year of the grid factor.

    Raises:
        MissingFactorError: an activity has no factor.
        NoGridFactorError: there is no grid factor.
    """
    emitting = [one for one in (*project.products, *project.fuels) if one.activity_code not in _CARRIERS]
    emissions = _emissions(emitting, project, reference, year)
    emissions.update(project.emissions_t)
    bought = [one for one in project.fuels if one.activity_code in _CARRIERS]
    energy_tj, kwh = _energy(project, reference)
    banned = prohibited_fuels(reference)
    used = {one.activity_code: one.amount for one in project.fuels}
    prohibited = {fuel: amount for fuel, amount in used.items() if fuel in banned}
    exempt = {
        fuel: amount for fuel, amount in prohibited.items()
        if any(project.industry_code.startswith(prefix) for prefix in banned[fuel])
    }  # fmt: skip
    notes = _notes(project, emissions)
    return Estimate(
        emissions_t=emissions,
        indirect_tco2=sum(_indirect(one, reference, city, year) for one in bought),
        coal_t=sum(amount for fuel, amount in used.items() if fuel in coals()),
        prohibited_t=sum(prohibited.values()) - sum(exempt.values()),
        exempt_t=sum(exempt.values()),
        energy_kgce=energy_tj / TJ_PER_TCE * _KG_PER_T,
        electricity_kwh=kwh,
        notes_zh=tuple(zh for zh, _ in notes),
        notes_en=tuple(en for _, en in notes),
    )


def _emissions(
    activities: Iterable[Activity], project: Project, reference: Reference, year: int
) -> dict[str, float]:
    rows = [
        {
            "source_id": f"project/{number}/{one.activity_code}", "source_kind": "point", "owner_id": _OWNER,
            "year": year, "industry_code": project.industry_code, "activity_code": one.activity_code,
            "technology_code": one.technology_code, "amount": one.amount,
            "amount_unit": ACTIVITY_BY_CODE[one.activity_code].standard_unit,
            "source_category": ACTIVITY_BY_CODE[one.activity_code].source_category,
            **{f"{device}_removal_share": project.removal.get(device) for device in _DEVICES},
        }
        for number, one in enumerate(activities)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=ACTIVITY_SCHEMA, orient="row").filter(emits()).with_row_index("row")
    if frame.is_empty():
        return {}
    counted = emissions_of_rows(frame, reference).filter(pl.col("role") == "counted")
    sums = counted.group_by("species", maintain_order=True).agg(pl.col("emission_t").sum()).sort("species")
    return dict(sums.iter_rows())


def _energy(project: Project, reference: Reference) -> tuple[float, float]:
    ncv = calorific_values(reference)
    pairs = [energy_of(one.activity_code, one.amount, ncv) for one in project.fuels]
    return sum(tj for tj, _ in pairs), sum(kwh for _, kwh in pairs)


def _indirect(one: Activity, reference: Reference, city: str, year: int) -> float:
    factor = choose_grid_factor(reference, f"{city[:2]}0000", one.activity_code, year)
    return one.amount * float(str(factor["t_per_unit"]))


def _notes(project: Project, emissions: dict[str, float]) -> list[tuple[str, str]]:
    """Choices a reader must know: emissions without devices, and what is replaced by statement."""
    notes = []
    without = [
        species for device, species in _DEVICES.items()
        if device not in project.removal and species not in project.emissions_t
        and emissions.get(species, 0.0) > 0
    ]  # fmt: skip
    if without:
        notes.append((
            f"未填报去除率，{'、'.join(without)} 按无末端治理计算（--removal so2=0.95 等）",
            f"no removal stated: {', '.join(without)} are computed without devices (--removal so2=0.95 ...)",
        ))  # fmt: skip
    if project.emissions_t:
        listed = ", ".join(sorted(project.emissions_t))
        notes.append((f"{listed} 采用项目填报的排放量", f"{listed} are as stated by the project"))
    return notes


def traits_of(
    project: Project, estimate: Estimate, zone_types: Collection[str], reference: Reference, province: str
) -> frozenset[str]:
    """Return what the project is, in the words of ``project_objects.csv``.

    Args:
        project: what is proposed.
        estimate: its emissions and fuels.
        zone_types: types of the element zones it stands in.
        reference: lists of industries.
        province: name of the province, whose two-high list holds.
    """
    industry = project.industry_code
    high = list_of_province(reference.two_high_industries, province)
    of_products = {one.activity_code for one in (*project.products, *project.fuels)}
    two_high = any(
        industry.startswith(code) and (not products or bool(of_products & set(products.split(";"))))
        for code, products in high.select("industry_code", "activity_codes").iter_rows()
    )
    carbon = any(industry.startswith(code) for code in reference.carbon_eia_industries["industry_code"])
    is_industry = int(industry[:2]) in _INDUSTRY
    emits_air = any(estimate.emissions_t.get(species, 0.0) > 0 for species in _POLLUTANTS)
    found = {
        "any": True, "two_high": two_high, "carbon_eia": carbon, "industrial": is_industry,
        "emitting_industry": is_industry and emits_air, "coal": estimate.coal_t > 0,
        "prohibited_fuel_here": estimate.prohibited_t > 0 and _NO_BURN in zone_types,
        "livestock": industry.startswith("03"),
    }  # fmt: skip
    return frozenset(name for name, holds in found.items() if holds)
