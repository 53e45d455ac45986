"""Gather what a release carries: tables of the lake, and the tables that tell about them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import geopandas as gpd
import polars as pl
import polars.selectors as cs

from sxyd_pipeline.checks.frames import GEOMETRY, attributes_of
from sxyd_pipeline.contracts.catalog import ASSET_TABLES, TABLES, in_force
from sxyd_pipeline.contracts.meta import COLUMNS, FACTORS, INPUT_FILES, METHODS, RELEASE
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.contracts.modules import methods_off
from sxyd_pipeline.contracts.quality import AMOUNT_BALANCE, CHECKS, FINDINGS, MASS_BALANCE, QUARANTINE
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.factors import list_factors
from sxyd_pipeline.io.fingerprints import Fingerprints
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

PLACE = ("table_name", "source_file", "source_sheet", "source_row", "rule")
#: Species whose tonnes are shown together as pollutants at stake; fine particles are part of PM10.
POLLUTANTS_AT_STAKE = ("SO2", "NOx", "VOCs", "NH3", "PM10")
EXAMPLE_DATA = "示例数据"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a release is made of, before it has an id.

    Attributes:
        config: settings of the city.
        outcomes: last good result of every asset with a table.
        checks: verdicts of all gates, with the columns of ``quality.checks``.
        reference: reference data.
        prints: hashes of inputs and program.
        data_label: ``示例数据`` as soon as any input is synthetic, else what the package declares.
    """

    config: CityConfig
    outcomes: Mapping[str, Outcome]
    checks: pl.DataFrame
    reference: Reference
    prints: Fingerprints
    data_label: str

    def without_results(self) -> "Content":
        """Return what a release needs besides its tables: the results are in those, once is enough."""
        return replace(self, outcomes={}, checks=self.checks.clear())


def label_of(outcomes: Mapping[str, Outcome], config: CityConfig) -> str:
    """Return ``示例数据`` as soon as any input is synthetic, else what the package declares."""
    for outcome in outcomes.values():
        if "data_label" in outcome.table.columns and (outcome.table["data_label"] == EXAMPLE_DATA).any():
            return EXAMPLE_DATA
    return config.data_label


def assemble(content: Content) -> dict[Table, pl.DataFrame]:
    """Return every table but ``meta.release``: contract columns in contract order, sorted by key.

    Geometry is WKB. Tables, checks, methods and factors of modules that are off are left out.
    """
    city, has_module = content.config.adcode, content.config.has_module
    present = in_force(TABLES, has_module)
    shown = [table.full_name for table in present]
    findings = _findings(content, city)
    gathered = {
        QUARANTINE: findings.filter(pl.col("strength") == "set_aside"),
        FINDINGS: findings.filter(pl.col("strength") != "set_aside"),
        MASS_BALANCE: pl.concat([o.balance for o in content.outcomes.values()]),
        AMOUNT_BALANCE: pl.concat([o.amounts for o in content.outcomes.values()]),
        CHECKS: content.checks.filter(~pl.col("compares_runs"), pl.col("table_name").is_in(shown)),
        INPUT_FILES: content.prints.files,
        FACTORS: list_factors(content.reference, has_module),
        COLUMNS: dictionary(present),
        METHODS: content.reference.methods.filter(
            ~pl.col("method_id").is_in(methods_off(has_module)),
        ),
    }
    tables = {
        table: binary(content.outcomes[table.asset].table, table)
        for table in in_force(ASSET_TABLES, has_module)
    }
    tables |= {table: frame.with_columns(city_code=pl.lit(city)) for table, frame in gathered.items()}
    return {table: in_order(tables[table], table) for table in present if table in tables}


def release_row(content: Content, release_id: str, created: str) -> pl.DataFrame:
    """Return the row of ``meta.release``."""
    row = {
        "city_code": content.config.adcode,
        "release_id": release_id,
        "city_name": content.config.name,
        "base_year": content.config.base_year,
        "created": created,
        "code_version": content.prints.code_version,
        "spec_version": content.config.spec_version,
        "inputs_hash": content.prints.inputs_hash,
        "data_label": content.data_label or None,
        "province": content.config.province,
        "horizons": ";".join(str(year) for year in content.config.horizons),
        "modules": ";".join(name for name, on in content.config.modules.items() if on),
        "gwp_set": content.config.methods.gwp_set,
        "publication": json.dumps(asdict(content.config.publication), ensure_ascii=False, sort_keys=True),
    }
    return pl.DataFrame([row], schema=RELEASE.schema, orient="row")


def binary(frame: pl.DataFrame | gpd.GeoDataFrame, table: Table) -> pl.DataFrame:
    """Return a table with its geometry as WKB."""
    attributes = attributes_of(frame, table)
    if not isinstance(frame, gpd.GeoDataFrame):
        return attributes
    return attributes.with_columns(pl.Series(GEOMETRY, list(frame.geometry.to_wkb()), dtype=pl.Binary))


def in_order(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the columns of the contract in its order and types, sorted by key and then by the rest.

    Negative zeros become zeros: a database may store either for the other, and bytes must not depend on it.
    """
    rest = [c.name for c in table.columns if c.name not in table.key and c.name != GEOMETRY]
    cast = (pl.col(name).cast(dtype) for name, dtype in table.schema.items())
    zero = cs.float() == 0.0
    typed = frame.select(cast).with_columns(pl.when(zero).then(0.0).otherwise(cs.float()).name.keep())
    return typed.sort([*table.key, *rest], nulls_last=True)


def _findings(content: Content, city: str) -> pl.DataFrame:
    """Return all findings with their wording, and the tonnes at stake of those that can be computed."""
    wording = pl.DataFrame(
        [
            {
                "rule": r.code,
                "message_zh": r.zh,
                "message_en": r.en,
                "remedy_zh": r.remedy_zh,
                "remedy_en": r.remedy_en,
            }
            for r in RULE_BY_CODE.values()
        ]
    )
    stake = (
        attributes_of(content.outcomes["quarantined_emissions"].table, QUARANTINE)
        .group_by(PLACE, maintain_order=True)
        .agg(
            tonnes_at_stake=pl.col("emission_t").filter(pl.col("species") == "CO2").sum(),
            pollutant_tonnes_at_stake=pl.col("emission_t")
            .filter(pl.col("species").is_in(POLLUTANTS_AT_STAKE))
            .sum(),
        )
    )
    return (
        pl.concat([outcome.findings for outcome in content.outcomes.values()])
        .join(wording, on="rule", how="left", maintain_order="left")
        .join(stake, on=PLACE, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(city_code=pl.lit(city))
    )


def dictionary(tables: Sequence[Table] = TABLES) -> pl.DataFrame:
    """Return the data dictionary: one row per table and column of the contracts given."""
    return pl.DataFrame(
        [
            {
                "table_name": table.full_name,
                "table_label": table.label,
                "position": position,
                "column_name": column.name,
                "label": column.label,
                "english": column.english,
                "dtype": str(column.dtype.__name__),
                "measured_in": column.measured_in,
                "is_key": column.name in table.key,
                "nullable": column.nullable,
                "bounds": bounds_of(column),
                "source": column.source or table.source,
            }
            for table in tables
            for position, column in enumerate(table.columns, start=1)
        ]
    )


def bounds_of(column: Column) -> str:
    """Say in words which values a column may hold."""
    if column.allowed:
        return "、".join(str(value) for value in column.allowed)
    parts = []
    if column.minimum is not None:
        parts.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"≤ {column.maximum:g}")
    if column.pattern:
        parts.append(column.pattern)
    return "；".join(parts)
