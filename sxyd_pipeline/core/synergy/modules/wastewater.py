"""Wastewater: pollution equivalents removed per greenhouse gas of the treatment."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.indirect import choose_grid_factor
from sxyd_pipeline.core.inventory.potentials import potentials
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.sums import add_up
from sxyd_pipeline.core.synergy.modules.failures import UnknownPollutantError
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance

#: Pollutants of the package, by the stem of their columns.
POLLUTANTS = {"cod": "COD", "nh3n": "NH3-N", "tp": "TP", "bod5": "BOD5", "ss": "SS"}
#: Pollutants whose equivalents are summed: every plant states them, and BOD5 is part of COD.
COUNTED = ("COD", "NH3-N", "TP")
_G_PER_T = 1e6
_KG_PER_T = 1e3
_CH4_FACTOR = {"domestic": "wastewater_cod.CH4", "industrial": "wastewater_cod_industrial.CH4"}
_N2O_FACTOR = "wastewater_n.N2O"


def pollution_equivalents(removed: pl.DataFrame, equivalents: pl.DataFrame) -> pl.DataFrame:
    """Turn tonnes of water pollutants into pollution equivalents (水污染当量): ``1000 kg / value``.

    Args:
        removed: ``pollutant`` (COD, BOD5, SS, NH3-N, TP) and ``removed_t``; further columns are kept.
        equivalents: ``data/reference/water_equivalents.csv`` (kg of the pollutant in one equivalent).

    Returns:
        ``removed`` in its order with ``equivalent_value_kg`` and ``equivalents_t``: thousands of equivalents,
        that is tonnes weighted so that a tonne of COD counts one.

    Raises:
        UnknownPollutantError: a pollutant has no value.
    """
    known = equivalents.select("pollutant", "equivalent_value_kg")
    rows = removed.join(known, on="pollutant", how="left", maintain_order="left")
    lacking = rows.filter(pl.col("equivalent_value_kg").is_null())["pollutant"].unique().to_list()
    if lacking:
        raise UnknownPollutantError([str(one) for one in lacking], known["pollutant"].to_list())
    return rows.with_columns(equivalents_t=pl.col("removed_t") / pl.col("equivalent_value_kg"))


def treat_wastewater(
    plants: pl.DataFrame, reference: Reference, *, grid_tco2_per_kwh: float, gwp_set: str
) -> pl.DataFrame:
    """Compute what each plant removes, uses and emits in a year.

    ``removed_p = flow (c_in - c_out)``; CH4 from the COD removed; N2O from the nitrogen of the effluent
    (0.005 kg N2O-N per kg N); electricity as stated, else flow times the reference intensity.

    Args:
        plants: rows of ``inputs.wastewater``: flow in m3, concentrations in mg/L, electricity in kWh.
        reference: ``water_parameters``, ``water_equivalents``, ``gwp``, and the wastewater rows of
            ``emission_factors``.
        grid_tco2_per_kwh: average factor of the grid.
        gwp_set: set of warming potentials.

    Returns:
        ``plants`` with ``<pollutant>_removed_t``, ``equivalents_removed_t``, ``used_kwh``, ``is_stated``,
        ``energy_tco2``, ``ch4_t``, ``n2o_t``, ``co2e_tco2e`` and ``is_measured`` (total nitrogen).

    Raises:
        UnknownPollutantError: a counted pollutant has no equivalent value.
        UnknownGwpSetError: the set does not exist.
    """
    gwp = potentials(reference, gwp_set)
    factors = dict(reference.emission_factors.select("factor_id", "value").iter_rows())
    kind = pl.col("plant_kind")
    ch4_kg_per_t = kind.replace_strict(
        {name: factors[factor] for name, factor in _CH4_FACTOR.items()}, return_dtype=pl.Float64
    )
    values = dict(reference.water_equivalents.select("pollutant", "equivalent_value_kg").iter_rows())
    if set(COUNTED) - set(values):
        raise UnknownPollutantError(set(COUNTED) - set(values), values)
    removed = plants.with_columns(
        _removed(name).alias(f"{name}_removed_t") for name in POLLUTANTS
    ).with_columns(
        equivalents_removed_t=add_up(
            pl.col(f"{name}_removed_t") / values[pollutant]
            for name, pollutant in POLLUTANTS.items()
            if pollutant in COUNTED
        ),
        used_kwh=pl.coalesce(
            "electricity_kwh", pl.col("flow_m3") * _parameter(reference, "electricity_kwh_per_m3")
        ),
        is_stated=pl.col("electricity_kwh").is_not_null(),
        is_measured=pl.col("tn_out_mg_per_l").is_not_null(),
        _nitrogen_t=pl.col("flow_m3")
        * pl.coalesce("tn_out_mg_per_l", pl.col("nh3n_out_mg_per_l") * _parameter(reference, "tn_per_nh3n"))
        / _G_PER_T,
    )
    emitted = removed.with_columns(
        energy_tco2=pl.col("used_kwh") * grid_tco2_per_kwh,
        ch4_t=pl.col("cod_removed_t") * ch4_kg_per_t / _KG_PER_T,
        n2o_t=pl.col("_nitrogen_t") * factors[_N2O_FACTOR] / _KG_PER_T,
    )
    return emitted.with_columns(
        co2e_tco2e=pl.col("energy_tco2") + pl.col("ch4_t") * gwp["CH4"] + pl.col("n2o_t") * gwp["N2O"]
    ).drop("_nitrogen_t")


def water_synergy(plants: pl.DataFrame) -> pl.DataFrame:
    """Sum treated plants by water zone and year, and relate pollutants removed to gases emitted.

    ``synergy = equivalents removed / CO2e emitted``; the quotient compares it with the city of that year.

    Args:
        plants: what :func:`treat_wastewater` returned.

    Returns:
        One row per ``zone_code`` and ``year``, sorted. BOD5 and SS are empty where a plant of the zone does
        not state them; the synergy is empty where nothing is emitted.
    """
    sums = (
        "flow_m3", "cod_removed_t", "nh3n_removed_t", "tp_removed_t", "equivalents_removed_t", "used_kwh",
        "energy_tco2", "ch4_t", "n2o_t", "co2e_tco2e",
    )  # fmt: skip
    zones = (
        plants.sort("zone_code", "year", "plant_id")
        .group_by("city_code", "zone_code", "year", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("plant_count"),
            pl.col(sums).sum(),
            *(
                pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)
                for name in ("bod5_removed_t", "ss_removed_t")
            ),
            stated_kwh=pl.col("used_kwh").filter("is_stated").sum(),
            measured=pl.col("is_measured").mean(),
        )
    )
    synergy = _ratio(pl.col("equivalents_removed_t"), pl.col("co2e_tco2e"))
    city = _ratio(pl.col("equivalents_removed_t").sum().over("year"), pl.col("co2e_tco2e").sum().over("year"))
    share = _ratio(pl.col("stated_kwh"), pl.col("used_kwh")).fill_null(0.0)
    return zones.with_columns(
        equivalents_per_tco2e=synergy,
        synergy_quotient=synergy / city,
        electricity_kwh=pl.col("used_kwh"),
        # No electricity at all is none stated.
        electricity_stated_share=share,
        nitrogen_basis=pl.when(pl.col("measured") == 1.0)
        .then(pl.lit("measured"))
        .when(pl.col("measured") == 0.0)
        .then(pl.lit("estimated"))
        .otherwise(pl.lit("mixed")),
    ).drop("used_kwh", "stated_kwh", "measured")


def account_wastewater(wastewater: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Return ``synergy.water_synergy`` of a city.

    Args:
        wastewater: ``inputs.wastewater``.
        reference: parameters, equivalents, factors and warming potentials.
        config: settings; the province chooses the grid factor, the base year its year.

    Raises:
        NoGridFactorError: neither the province nor the nation has a grid factor.
    """
    province = f"{config.adcode[:2]}0000"
    grid = choose_grid_factor(reference, province, "electricity", config.base_year)
    gwp_set = config.methods.gwp_set
    per_kwh = float(str(grid["t_per_unit"]))
    treated = treat_wastewater(wastewater, reference, grid_tco2_per_kwh=per_kwh, gwp_set=gwp_set)
    return with_provenance(
        water_synergy(treated).with_columns(gwp_set=pl.lit(gwp_set)),
        method_id="wastewater_synergy",
        formula_variant=f"COD+氨氮+总磷当量/(电+CH4+N2O)；{grid['factor_id']}；{gwp_set}",
        inputs=inputs_hash(wastewater, reference.water_parameters, reference.water_equivalents),
    )


def _removed(name: str) -> pl.Expr:
    fall = pl.col(f"{name}_in_mg_per_l") - pl.col(f"{name}_out_mg_per_l")
    return pl.col("flow_m3") * fall / _G_PER_T


def _ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator > 0).then(numerator / denominator)


def _parameter(reference: Reference, name: str) -> pl.Expr:
    rows = reference.water_parameters.filter(pl.col("parameter") == name)
    known = dict(rows.select("plant_kind", "value").iter_rows())
    return pl.col("plant_kind").replace_strict(known, return_dtype=pl.Float64)
