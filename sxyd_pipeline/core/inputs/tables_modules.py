"""Tables of optional modules: land use and its change, wastewater plants, projects, coastal habitats."""

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.codes import city_prefix
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.parse import look_up, spelled, to_number
from sxyd_pipeline.core.inputs.places import open_territory, place_points
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.sifting import (
    Check,
    Sifting,
    number_checks,
    read_numbers,
    read_year,
    repeated,
    required_checks,
    start_sifting,
    year_check,
)
from sxyd_pipeline.core.outcome import Outcome, finding, findings_frame
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit

_SCOPES = {
    **dict.fromkeys(("city", "市", "全市"), "city"),
    **dict.fromkeys(("district", "区县", "县区", "县", "区"), "district"),
    **dict.fromkeys(("control_unit", "管控单元", "单元"), "control_unit"),
    **dict.fromkeys(("zone", "要素分区", "分区"), "zone"),
}  # fmt: skip
_PLANT_KINDS = {
    **dict.fromkeys(("domestic", "城镇", "生活", "城镇污水", "生活污水"), "domestic"),
    **dict.fromkeys(("industrial", "工业", "工业废水", "园区"), "industrial"),
}  # fmt: skip
_FLUX_KINDS = {
    kind: kind.lower() for kind in ("nep", "nee", "nbp", "npp", "gpp", "NEP", "NEE", "NBP", "NPP", "GPP")
}
_CONCENTRATIONS = (
    "cod_in_mg_per_l", "cod_out_mg_per_l", "nh3n_in_mg_per_l", "nh3n_out_mg_per_l", "tp_in_mg_per_l",
    "tp_out_mg_per_l", "bod5_in_mg_per_l", "bod5_out_mg_per_l", "ss_in_mg_per_l", "ss_out_mg_per_l",
    "tn_out_mg_per_l",
)  # fmt: skip
_PAIRS = ("cod", "nh3n", "tp", "bod5", "ss")
_MOST_DEGREES = 180.0
#: Layers whose features are no element zones.
_NO_ZONES = ("districts", "control_units")


def standardise_land_use(
    raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Standardise areas of land classes; one row per area, class and year, in hectares.

    Args:
        raw: the file as read.
        layers: polygons of the package; areas must be among them (a unit that is built may be any).
        config: city settings.
        reference: land classes of ``carbon_densities``.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_numbers(read_year(start_sifting(raw)), ("density_tc_per_ha", "flux_tco2_per_ha"))
    read = _read_measure(_read_scope(started), "area", "area_unit", "area", "area_ha").add(
        land_class_standard=look_up(started.rows, "land_class", _land_classes(reference)),
        flux_kind_standard=look_up(started.rows, "flux_kind", spelled(_FLUX_KINDS)),
    )
    own_flux, kind = pl.col("flux_tco2_per_ha_standard"), pl.col("flux_kind_standard")
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        *_scope_checks(layers, config),
        Check("unknown_code", "land_class", pl.col("land_class_standard").is_null()),
        *_measure_checks("area", "area_unit", "area_ha"),
        *number_checks(read, ("density_tc_per_ha", "flux_tco2_per_ha")),
        Check("unknown_code", "flux_kind", pl.col("flux_kind").is_not_null() & kind.is_null()),
        # A flux of unknown kind could be NPP: it is not taken on trust.
        Check("required_value_missing", "flux_kind", own_flux.is_not_null() & pl.col("flux_kind").is_null()),
    ])  # fmt: skip
    key = ("scope_type_standard", "scope_code_standard", "land_class_standard", "year_standard")
    unique = checked.sift([Check("duplicate_key", "land_class", repeated(*key))])
    return _or_say_absent(unique.outcome(config), raw)


def standardise_land_changes(
    raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Standardise the transition matrix; one row per area, pair of classes and period, in hectares.

    Args:
        raw: the file as read.
        layers: polygons of the package.
        config: city settings.
        reference: land classes of ``carbon_densities``.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_year(read_year(start_sifting(raw), "from_year"), "to_year")
    classes = _land_classes(reference)
    read = _read_measure(_read_scope(started), "area", "area_unit", "area", "area_ha").add(
        from_class_standard=look_up(started.rows, "from_class", classes),
        to_class_standard=look_up(started.rows, "to_class", classes),
    )
    first, last = pl.col("from_year_standard"), pl.col("to_year_standard")
    checked = read.sift([
        *required_checks(read),
        year_check(read, "from_year"),
        year_check(read, "to_year"),
        Check("value_out_of_range", "to_year", last <= first),
        *_scope_checks(layers, config),
        Check("unknown_code", "from_class", pl.col("from_class_standard").is_null()),
        Check("unknown_code", "to_class", pl.col("to_class_standard").is_null()),
        *_measure_checks("area", "area_unit", "area_ha"),
    ])  # fmt: skip
    key = ("scope_type", "scope_code", "from_class", "to_class", "from_year", "to_year")
    unique = checked.sift(
        [Check("duplicate_key", "from_class", repeated(*(f"{name}_standard" for name in key)))]
    )
    return _or_say_absent(unique.outcome(config), raw)


def standardise_wastewater(raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig) -> Outcome:
    """Standardise wastewater plants; one row per plant and year, flow in m3, concentrations in mg/L.

    An effluent above its influent is set aside: what a plant adds is no removal.

    Args:
        raw: the file as read.
        layers: polygons of the package; the zone must be one of the layer ``water``.
        config: city settings.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    numbers = (*_CONCENTRATIONS, "electricity_kwh")
    started = read_numbers(read_year(start_sifting(raw)), numbers)
    read = _read_measure(started, "flow", "flow_unit", "volume", "flow_m3").add(
        plant_kind_standard=look_up(started.rows, "plant_kind", spelled(_PLANT_KINDS)),
        zone_code_standard=pl.col("zone_code").str.normalize("NFKC"),
    )
    zones = _codes_of(layers, "water")
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("unknown_code", "plant_kind", pl.col("plant_kind_standard").is_null()),
        Check("unknown_zone", "zone_code", ~pl.col("zone_code_standard").is_in(zones)),
        *_measure_checks("flow", "flow_unit", "flow_m3"),
        *number_checks(read, numbers),
        *(
            Check("effluent_above_influent", f"{name}_out_mg_per_l",
                  pl.col(f"{name}_out_mg_per_l_standard") > pl.col(f"{name}_in_mg_per_l_standard"))
            for name in _PAIRS
        ),
    ])  # fmt: skip
    unique = checked.sift([Check("duplicate_key", "plant_id", repeated("plant_id", "year_standard"))])
    return _or_say_absent(unique.outcome(config), raw)


def standardise_carbon_projects(
    raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Standardise planned projects; one row per project, its point in CGCS2000.

    Args:
        raw: the file as read.
        layers: polygons of the package; the point must lie in a district or a nearshore zone.
        config: city settings; ``coordinates`` is the datum of the points.
        reference: ``siting_project_types``; a type of a module that is off is refused.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_numbers(read_year(start_sifting(raw), "start_year"), ("size",))
    types = project_types_in_force(reference, config)
    names = {row["name_zh"]: row["project_type"] for row in types.iter_rows(named=True)}
    codes = {code: code for code in types["project_type"].to_list()}
    units = dict(types.select("project_type", "size_unit").iter_rows())
    kind = look_up(started.rows, "project_type", spelled({**names, **codes}))
    read = started.add(
        lon_stated=to_number(started.rows["lon"]),
        lat_stated=to_number(started.rows["lat"]),
        project_type_standard=kind,
        lon_standard=pl.lit(None, dtype=pl.Float64),
        lat_standard=pl.lit(None, dtype=pl.Float64),
        district_code=pl.lit(None, dtype=pl.String),
    ).add(_unit=pl.col("project_type_standard").replace_strict(units, default=None, return_dtype=pl.String))
    lon, lat = pl.col("lon_stated"), pl.col("lat_stated")
    checked = read.sift([
        *required_checks(read),
        Check("not_a_number", "lon", pl.col("lon").is_not_null() & lon.is_null()),
        Check("not_a_number", "lat", pl.col("lat").is_not_null() & lat.is_null()),
        Check("value_out_of_range", "lon", lon.abs() > _MOST_DEGREES),
        Check("value_out_of_range", "lat", lat.abs() > _MOST_DEGREES),
        Check("unknown_code", "project_type", pl.col("project_type_standard").is_null()),
        *number_checks(read, ("size",)),
        Check("unknown_unit", "size_unit", pl.col("size_unit") != pl.col("_unit")),
        Check("not_a_year", "start_year",
              pl.col("start_year").is_not_null() & pl.col("start_year_standard").is_null()),
    ])  # fmt: skip
    placed = checked.with_rows(place_points(checked.rows, open_territory(layers), config))
    at_sea = placed.add(_is_at_sea(placed.rows, layers))
    nowhere = pl.col("district_code_standard").is_null() & ~pl.col("is_at_sea")
    inside = at_sea.sift([Check("point_outside_city", "lon", nowhere)])
    unique = inside.sift([Check("duplicate_key", "project_id", repeated("project_id"))])
    return _or_say_absent(unique.outcome(config), raw)


def standardise_coastal_habitats(
    raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Standardise habitats of nearshore zones; one row per zone, habitat and year, in hectares.

    Args:
        raw: the file as read.
        layers: polygons of the package; the zone must be one of the layer ``coastal``.
        config: city settings.
        reference: habitats of ``blue_carbon``.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_numbers(read_year(start_sifting(raw)), ("burial_gc_per_m2",))
    known = reference.blue_carbon.select("habitat", "name_zh").rows()
    habitats = spelled({spelling: code for code, name in known for spelling in (code, name)})
    read = _read_measure(started, "area", "area_unit", "area", "area_ha").add(
        habitat_standard=look_up(started.rows, "habitat", habitats),
        zone_code_standard=pl.col("zone_code").str.normalize("NFKC"),
    )
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("unknown_code", "habitat", pl.col("habitat_standard").is_null()),
        Check("unknown_zone", "zone_code", ~pl.col("zone_code_standard").is_in(_codes_of(layers, "coastal"))),
        *_measure_checks("area", "area_unit", "area_ha"),
        *number_checks(read, ("burial_gc_per_m2",)),
    ])  # fmt: skip
    key = ("zone_code_standard", "habitat_standard", "year_standard")
    unique = checked.sift([Check("duplicate_key", "habitat", repeated(*key))])
    return _or_say_absent(unique.outcome(config), raw)


def project_types_in_force(reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Return the types of negative-carbon projects of a city: those of a module that is off are left out."""
    needed = reference.siting_project_types["needs_module"].fill_null("").to_list()
    return reference.siting_project_types.filter(
        pl.Series([not module or config.has_module(module) for module in needed], dtype=pl.Boolean)
    )


def _is_at_sea(points: pl.DataFrame, layers: gpd.GeoDataFrame) -> pl.Series:
    """Tell which points lie in a nearshore zone."""
    sea = shapely.make_valid(layers.loc[layers["layer"] == "coastal"].geometry.to_numpy())
    places = shapely.points(points["lon_standard"].to_numpy(), points["lat_standard"].to_numpy())
    hits = shapely.STRtree(sea).query(places, predicate="intersects")[0]
    return pl.Series("is_at_sea", np.isin(np.arange(len(places)), hits), dtype=pl.Boolean)


def _or_say_absent(outcome: Outcome, raw: RawTable) -> Outcome:
    """Say clearly that a module has no rows because its table was not brought."""
    if raw.file:
        return outcome
    told = finding("module_without_table", raw.name, source_file=f"{raw.name}.csv")
    return replace(outcome, findings=findings_frame([told]))


def _land_classes(reference: Reference) -> Callable[[str], str | None]:
    known = reference.carbon_densities.select("land_class", "name_zh").unique(maintain_order=True).rows()
    return spelled({spelling: code for code, name in known for spelling in (code, name)})


def _read_scope(started: Sifting) -> Sifting:
    return started.add(
        scope_type_standard=look_up(started.rows, "scope_type", spelled(_SCOPES)),
        scope_code_standard=pl.col("scope_code").str.normalize("NFKC"),
    )


def _scope_checks(layers: gpd.GeoDataFrame, config: CityConfig) -> list[Check]:
    """A city must be this one; districts, units and zones must be among the polygons of the package."""
    kind, code = pl.col("scope_type_standard"), pl.col("scope_code_standard")
    districts, units = _codes_of(layers, "districts"), _codes_of(layers, "control_units")
    zones = sorted({str(one) for one in layers.loc[~layers["layer"].isin(_NO_ZONES), "code"]})
    # Units that are built from the zones have no code before a run: only the city in it can be checked.
    is_unit = code.is_in(units) if units else code.str.slice(2).str.starts_with(city_prefix(config.adcode))
    return [
        Check("unknown_code", "scope_type", kind.is_null()),
        Check("unknown_code", "scope_code", (kind == "city") & (code != config.adcode)),
        Check("unknown_district", "scope_code", (kind == "district") & ~code.is_in(districts)),
        Check("unknown_code", "scope_code", (kind == "control_unit") & ~is_unit),
        Check("unknown_zone", "scope_code", (kind == "zone") & ~code.is_in(zones)),
    ]


def _codes_of(layers: gpd.GeoDataFrame, layer: str) -> list[str]:
    return sorted({str(code) for code in layers.loc[layers["layer"] == layer, "code"]})


def _read_measure(started: Sifting, value: str, unit: str, dimension: str, target: str) -> Sifting:
    """Read a quantity with its unit: ``<value>_standard`` as stated, ``target`` in the standard unit."""
    texts = started.rows.get_column(unit).drop_nulls().unique().sort().to_list()
    known = {text: parsed for text in texts if (parsed := parse_amount_unit(text)) is not None}
    factors = {text: one.factor for text, one in known.items() if one.dimension == dimension}
    factor = (
        pl.col(unit).replace_strict(
            list(factors), list(factors.values()), default=None, return_dtype=pl.Float64
        )
        if factors
        else pl.lit(None, dtype=pl.Float64)
    )
    return started.add(to_number(started.rows[value]).alias(f"{value}_standard")).add(
        (pl.col(f"{value}_standard") * factor).alias(target),
        pl.col(unit).is_in(list(known)).alias(f"{unit}_is_known"),
    )


def _measure_checks(value: str, unit: str, target: str) -> list[Check]:
    stated = pl.col(f"{value}_standard")
    return [
        Check("not_a_number", value, pl.col(value).is_not_null() & stated.is_null()),
        Check("negative_amount", value, stated < 0),
        Check("unknown_unit", unit, ~pl.col(f"{unit}_is_known")),
        Check("unit_not_of_activity", unit, pl.col(f"{unit}_is_known") & pl.col(target).is_null()),
    ]
