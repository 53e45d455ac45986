"""What the UI shows beside a result: columns, counts, first rows, ledger and a map."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.frames import GEOMETRY, attributes_of
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.deliverables.preview import preview_classes, preview_values

FIRST_ROWS = 8
_SHOWN_COLUMNS = 12
_CELL = 60
_DENSITY = "density_t_per_km2"

#: Layer whose polygons show the emissions of a table, and the code both have.
_LAYER_OF = {"district_code": "districts", "zone_code": "zones", "control_unit_code": "control_units"}


def definition_metadata(table: Table) -> dict[str, Any]:
    """Return what is known of a table before any run: its columns with meaning, unit and bounds."""
    return {
        "dagster/column_schema": dg.TableSchema(columns=[_column(column, table) for column in table.columns]),
        "dagster/table_name": table.full_name,
        "grain": table.grain,
        "key": "、".join(table.key),
    }


def result_metadata(table: Table, outcome: Outcome, parents: Mapping[str, object]) -> dict[str, Any]:
    """Return what is shown beside one materialisation."""
    attributes = attributes_of(outcome.table, table)
    shown: dict[str, Any] = {
        "dagster/row_count": attributes.height,
        "preview": dg.MetadataValue.md(as_markdown(attributes.head(FIRST_ROWS))),
    }
    if outcome.findings.height:
        by_rule = (
            outcome.findings.group_by("rule", "strength", maintain_order=True)
            .agg(rows=pl.len())
            .sort("strength", "rule")
        )
        shown["findings"] = outcome.findings.height
        shown["findings_by_rule"] = dg.MetadataValue.md(as_markdown(by_rule))
    if outcome.balance.height:
        shown["ledger"] = dg.MetadataValue.md(as_markdown(ledger_summary(outcome.balance)))
    if outcome.amounts.height:
        counted = outcome.amounts.select(pl.col("in_rows", "out_rows").sum()).row(0)
        shown["rows_read"], shown["rows_accepted"] = int(counted[0]), int(counted[1])
    picture = map_of(table, outcome, parents)
    if picture:
        shown["map"] = dg.MetadataValue.md(f"![{table.label}]({picture})")
    return shown


def ledger_summary(balance: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger of the last year, one row per species and reason."""
    last = balance.filter(pl.col("year") == pl.col("year").max())
    return (
        last.group_by("species", "why", maintain_order=True)
        .agg(pl.col("in_t", "out_t", "lost_t").sum())
        .sort("species", "why")
    )


def map_of(table: Table, outcome: Outcome, parents: Mapping[str, object]) -> str:
    """Return a small map as data URI, empty for tables without a place or without rows."""
    layer = outcome.table
    if isinstance(layer, gpd.GeoDataFrame):
        return preview_classes(layer, table.label) if len(layer) and table.group != "inputs" else ""
    if _DENSITY not in table.schema or layer.is_empty():
        return ""
    code = next((name for name in _LAYER_OF if name in table.key), "")
    polygons = parents.get(_LAYER_OF.get(code, ""))
    if not isinstance(polygons, gpd.GeoDataFrame):
        return ""
    return _density_map(table, layer, polygons, code)


def _density_map(table: Table, emissions: pl.DataFrame, polygons: gpd.GeoDataFrame, code: str) -> str:
    """Draw the density of one species in the last year: CO2, else the first there is; air zones for zones."""
    species = "CO2" if "CO2" in emissions["species"].unique() else str(emissions["species"].min())
    year = int(emissions.select(pl.col("year").max()).item())
    chosen = emissions.filter(pl.col("species") == species, pl.col("year") == year)
    if "element" in polygons.columns:
        elements = sorted(set(polygons["element"]))
        polygons = polygons[polygons["element"] == ("air" if "air" in elements else elements[0])]
    densities = dict(chosen.select(code, _DENSITY).iter_rows())
    drawn = polygons.assign(**{_DENSITY: [densities.get(key, 0.0) for key in polygons[code]]})
    return preview_values(drawn, _DENSITY, f"{table.label} {species} {year}", "t/(km²·a)")


def as_markdown(frame: pl.DataFrame) -> str:
    """Return a frame as a Markdown table; wide frames are cut, bars and line ends cannot break it."""
    names = [name for name in frame.columns if name != GEOMETRY][:_SHOWN_COLUMNS]
    lines = [names, ["---"] * len(names), *(list(map(_cell, row)) for row in frame.select(names).iter_rows())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text.replace("|", "¦").replace("\n", " ")[:_CELL]


def _column(column: Column, table: Table) -> dg.TableColumn:
    unit = f" [{column.measured_in}]" if column.measured_in else ""
    bounds = [
        *([f">= {column.minimum:g}"] if column.minimum is not None else []),
        *([f"<= {column.maximum:g}"] if column.maximum is not None else []),
        *([column.pattern] if column.pattern else []),
    ]
    return dg.TableColumn(
        name=column.name,
        type=str(column.dtype.__name__),
        description=f"{column.label} / {column.english}{unit}",
        constraints=dg.TableColumnConstraints(
            nullable=column.nullable, unique=table.key == (column.name,), other=bounds
        ),
    )
