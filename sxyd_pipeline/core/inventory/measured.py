"""Which measured values replace computed ones, and with what.

Particles are one family: where one size is measured and another is not, the other follows the
computed size profile, so that PM10 >= PM2.5 >= BC + OC keeps holding for a facility.
"""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.outcome import finding, findings_frame

TABLE = "facility_emissions"
OWNER = ["facility_id", "year"]
KEY = [*OWNER, "species"]

#: Rounding of stated figures must not count as a broken order.
_SLACK = 1.0 + 1e-9

_PARTICLES = ("PM10", "PM2.5", "BC", "OC")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What replaces computed emissions.

    Attributes:
        targets: facility, year, species with ``target_t``, ``computed_t`` (null when nothing was
            computed), ``datum`` (cems, permit ...), ``is_scaled`` and ``measured_label``.
        findings: measured rows that were set aside because they break the order of particles.
    """

    targets: pl.DataFrame
    findings: pl.DataFrame


def choose_overrides(counted: pl.DataFrame, facility_emissions: pl.DataFrame) -> Overrides:
    """Decide per facility, year and species what the counted emission shall be.

    Args:
        counted: computed rows that count, with ``facility_id``, ``year``, ``species``, ``emission_t``.
        facility_emissions: ``inputs.facility_emissions``.

    Returns:
        Targets, sorted by facility, year and species, and the findings.
    """
    computed = (
        counted.filter(pl.col("facility_id").is_not_null())
        .group_by(KEY, maintain_order=True)
        .agg(computed_t=pl.col("emission_t").sum())
    )
    ordered, findings_of_order = _hold_order(facility_emissions, computed)
    accepted, findings_of_carbon = _hold_carbon(ordered, computed)
    measured = accepted.select(
        *KEY,
        target_t="emission_t",
        datum="method",
        is_scaled=pl.lit(value=False),
        measured_label="data_label",
    )
    targets = (
        pl.concat([measured, _scaled(accepted, computed)])
        .join(computed, on=KEY, how="left", maintain_order="left")
        .sort(KEY)
        .select(*KEY, "target_t", "computed_t", "datum", "is_scaled", "measured_label")
    )
    return Overrides(targets, pl.concat([findings_of_order, findings_of_carbon]))


def _particles(measured: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
    """Particles of each facility with a measured one: measured, computed and resulting tonnes, wide."""
    owners = measured.filter(pl.col("species").is_in(_PARTICLES)).select(OWNER).unique()

    def wide(rows: pl.DataFrame, value: str, prefix: str) -> pl.DataFrame:
        return (
            rows.join(owners, on=OWNER, how="semi")
            .group_by(OWNER, maintain_order=True)
            .agg(
                # A species that is absent must stay null: max of nothing is null, the sum would be zero.
                pl.col(value).filter(pl.col("species") == species).max().alias(f"{prefix}{species}")
                for species in _PARTICLES
            )
        )

    joined = owners.join(
        wide(measured, "emission_t", "measured_"), on=OWNER, how="left", maintain_order="left"
    ).join(wide(computed, "computed_t", "computed_"), on=OWNER, how="left", maintain_order="left")

    def ratio(species: str) -> pl.Expr:
        return pl.when(pl.col(f"computed_{species}") > 0.0).then(
            pl.col(f"measured_{species}") / pl.col(f"computed_{species}")
        )

    coarse, fine = ratio("PM10"), ratio("PM2.5")
    factors = {
        "PM10": pl.coalesce(coarse, fine),
        "PM2.5": pl.coalesce(fine, coarse),
        "BC": pl.coalesce(fine, coarse),
        "OC": pl.coalesce(fine, coarse),
    }
    return joined.with_columns(
        pl.coalesce(
            f"measured_{species}",
            pl.col(f"computed_{species}") * factor,
            f"computed_{species}",
        ).alias(species)
        for species, factor in factors.items()
    )


def _hold_order(measured: pl.DataFrame, computed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside measured PM10 and PM2.5 where PM2.5 would exceed PM10, or PM10 is not known at all."""
    broken = (
        _particles(measured, computed)
        .filter(pl.col("PM2.5").is_not_null())
        .filter(pl.col("PM10").is_null() | (pl.col("PM2.5") > pl.col("PM10") * _SLACK))
        .select(OWNER)
    )
    return _set_aside(measured, broken, ("PM10", "PM2.5"), "pm_order_broken")


def _hold_carbon(measured: pl.DataFrame, computed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set aside measured BC and OC where they would exceed PM2.5, or PM2.5 is not known at all."""
    # A facility that reports only one of the two has no more carbon than that one.
    carbon = pl.col("BC").fill_null(0.0) + pl.col("OC").fill_null(0.0)
    broken = (
        _particles(measured, computed)
        .filter(carbon > 0.0)
        .filter(pl.col("PM2.5").is_null() | (carbon > pl.col("PM2.5") * _SLACK))
        .select(OWNER)
    )
    return _set_aside(measured, broken, ("BC", "OC"), "carbon_of_pm_exceeds_pm")


def _set_aside(
    measured: pl.DataFrame, owners: pl.DataFrame, species: tuple[str, ...], rule: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    is_concerned = pl.col("species").is_in(species)
    rejected = measured.filter(is_concerned).join(owners, on=OWNER, how="semi").sort(KEY)
    kept = measured.join(rejected.select(KEY), on=KEY, how="anti")
    findings = [
        finding(
            rule,
            TABLE,
            source_file=row["source_file"],
            source_sheet=row["source_sheet"],
            source_row=row["source_row"],
            column_name="amount",
            value=f"{row['species']} {row['emission_t']:g} t",
            row={name: row[name] for name in (*KEY, "emission_t", "method")},
        )
        for row in rejected.iter_rows(named=True)
    ]
    return kept, findings_frame(findings)


def _scaled(measured: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
    """Targets of particles that are not measured but follow a measured one."""
    datum = (
        measured.filter(pl.col("species").is_in(["PM10", "PM2.5"]))
        .sort(KEY)
        .group_by(OWNER, maintain_order=True)
        # PM2.5 sorts last and stands nearer to BC and OC.
        .agg(pl.col("method").last().alias("datum"), pl.col("data_label").last().alias("measured_label"))
    )
    return (
        _particles(measured, computed)
        .join(datum, on=OWNER, maintain_order="left")
        .unpivot(
            on=_PARTICLES,
            index=[*OWNER, "datum", "measured_label"],
            variable_name="species",
            value_name="target_t",
        )
        .filter(pl.col("target_t").is_not_null())
        .join(measured.select(KEY), on=KEY, how="anti")
        .join(computed.filter(pl.col("computed_t") > 0.0).select(KEY), on=KEY, how="semi")
        .select(*KEY, "target_t", "datum", is_scaled=pl.lit(value=True), measured_label="measured_label")
    )


def spread_particles(rows: pl.DataFrame) -> pl.DataFrame:
    """Spread particle totals so that PM10 >= PM2.5 >= BC + OC holds in every source, not only in sum.

    Sizes are nested, so what is spread in proportion is each shell: BC and OC, the rest of PM2.5, and the
    coarse part of PM10. Spreading PM10 and PM2.5 apart would break a source whose computed sizes are
    equal (gas) as soon as the measured ratio is that of another one (coal).

    Args:
        rows: rows of measured facilities with ``emission_t`` (computed), ``spread_t`` (in proportion to it)
            and ``target_t`` (total of facility, year and species).

    Returns:
        The rows with ``spread_t`` of PM2.5 and PM10 replaced; totals are kept.
    """
    within_fine = _spread_shell(rows, "PM2.5", ("BC", "OC"))
    return _spread_shell(within_fine, "PM10", ("PM2.5",))


def _spread_shell(rows: pl.DataFrame, outer: str, inner: tuple[str, ...]) -> pl.DataFrame:
    """Give each source its inner sizes plus its share of what the outer size holds beyond them."""
    source = ["source_id", "year"]
    is_outer, is_inner = pl.col("species") == outer, pl.col("species").is_in(inner)
    return (
        rows.with_columns(
            inner_computed_t=pl.col("emission_t").filter(is_inner).sum().over(source),
            inner_t=pl.col("spread_t").filter(is_inner).sum().over(source),
        )
        # Computed factors keep the order up to rounding; a shell is never less than nothing.
        .with_columns(
            shell_computed_t=(pl.col("emission_t") - pl.col("inner_computed_t")).clip(lower_bound=0.0)
        )
        .with_columns(
            shell_t=pl.col("target_t") - pl.col("inner_t").sum().over(KEY),
            shells_computed_t=pl.col("shell_computed_t").sum().over(KEY),
        )
        .with_columns(
            spread_t=pl.when(is_outer & (pl.col("shells_computed_t") > 0.0))
            .then(
                pl.col("inner_t")
                + pl.col("shell_t") * pl.col("shell_computed_t") / pl.col("shells_computed_t")
            )
            .when(is_outer & (pl.col("computed_t") > 0.0))
            .then(pl.col("inner_t") + pl.col("shell_t") * pl.col("emission_t") / pl.col("computed_t"))
            .otherwise("spread_t")
        )
        .select(rows.columns)
    )
