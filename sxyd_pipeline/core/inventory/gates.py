"""Gates against double counting: which rows are counted elsewhere, and where."""

import polars as pl

from sxyd_pipeline.core.inventory.activity import is_any_of
from sxyd_pipeline.core.reference import Reference

#: One column per group of species; text says where the emission is counted instead, null means here.
WHY_COLUMNS = ("why_co2", "why_pollutants", "why_non_co2", "why_fgd_co2")


def _split(codes: str | None) -> list[str]:
    return [] if codes is None else codes.split(";")


def _technology_gates(technologies: pl.DataFrame) -> pl.DataFrame:
    """Gates a technology carries itself: kiln fuel is counted with the product of the kiln."""
    parts = [
        technologies.filter(pl.col(column).is_not_null()).select(
            gate_id=pl.concat_str("technology_code", pl.lit(":"), pl.lit(group)),
            activity_codes="activity_codes",
            technology_codes="technology_code",
            species_group=pl.lit(group),
            scope=pl.lit("owner"),
            when_activity_codes=pl.col(column),
            when_technology_codes=pl.lit(None, dtype=pl.String),
            why_zh=pl.concat_str(pl.col("name_zh"), pl.lit("：随产品计入（"), pl.col(column), pl.lit("）")),
            why_en=pl.concat_str(pl.lit("counted with the product: "), pl.col(column)),
        )
        for group, column in (("pollutants", "pollutants_counted_with"), ("co2", "co2_counted_with"))
    ]
    return pl.concat(parts)


def find_counted_elsewhere(
    activity: pl.DataFrame, reference: Reference, beside: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Tell for each activity row which of its emissions are counted elsewhere.

    A gate only closes when the row it points to is there: the product of the kiln is reported by the
    same owner in the same year, or the city's own furnace is. So nothing is lost by a gate.

    Args:
        activity: rows with ``row``, ``owner_id``, ``city_code``, ``year``, ``activity_code`` and
            ``technology_code``.
        reference: technologies and counting gates.
        beside: further rows that count as present (accepted rows, when quarantined ones are judged).

    Returns:
        ``row`` and :data:`WHY_COLUMNS` for rows that meet a closed gate, one row each.
    """
    present = activity if beside is None else pl.concat([activity.select(beside.columns), beside])
    gates = pl.concat(
        [
            reference.counting_gates.select(_technology_gates(reference.technologies).columns),
            _technology_gates(reference.technologies),
        ]
    )
    hits = [_hits(gate, activity, present) for gate in gates.iter_rows(named=True)]
    return (
        pl.concat(hits)
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("why").filter(pl.col("species_group") == name.removeprefix("why_")).first().alias(name)
            for name in WHY_COLUMNS
        )
        .sort("row")
    )


def _hits(gate: dict[str, str | None], activity: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    scope = ["city_code", "year"] if gate["scope"] == "city" else ["owner_id", "year"]
    closing = (
        present.filter(
            is_any_of("activity_code", _split(gate["when_activity_codes"])),
            is_any_of("technology_code", _split(gate["when_technology_codes"])),
        )
        .select(scope)
        .unique()
    )
    return (
        activity.filter(
            is_any_of("activity_code", _split(gate["activity_codes"])),
            is_any_of("technology_code", _split(gate["technology_codes"])),
            # The row a gate points to is where the emission is counted: it never hides itself.
            ~pl.col("activity_code").is_in(_split(gate["when_activity_codes"])),
        )
        .join(closing, on=scope, how="semi")
        .select(
            "row",
            species_group=pl.lit(gate["species_group"]),
            why=pl.lit(f"{gate['why_zh']} / {gate['why_en']}"),
        )
    )


def why_of(species: str = "species", derived: str = "derived") -> pl.Expr:
    """Return the reason that fits the species of a row, null when it is counted here."""
    is_co2 = pl.col(species) == "CO2"
    is_greenhouse_gas = pl.col(species).is_in(["CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3"])
    # Slip of denitrification is counted where the device stands, whatever happens to the fuel.
    return (
        pl.when(pl.col(derived) == "limestone_fgd")
        .then(pl.col("why_fgd_co2"))
        .when(pl.col(derived).is_not_null())
        .then(None)
        .when(is_co2)
        .then(pl.col("why_co2"))
        .when(is_greenhouse_gas)
        .then(pl.col("why_non_co2"))
        .otherwise(pl.coalesce("why_pollutants", "why_non_co2"))
    )
