"""Options of a portfolio that can be solved in the head, and a tiny city that makes some."""

import polars as pl

FIGURES = ("annual_cost_cny", "delta_nox_t", "delta_co2_t", "delta_apeq_t", "delta_co2e_tco2e")
#: One plant: a cheap filter for NOx that costs carbon, a dearer switch that lowers both, and both together.
PLANT = [
    ("plant", "filter", 100.0, 50.0, -10.0),
    ("plant", "switch", 400.0, 40.0, 200.0),
    ("plant", "switch;filter", 500.0, 70.0, 196.0),
]


def options(rows: list[tuple[str, str, float, float, float]]) -> pl.DataFrame:
    """``scope, measures, cost, NOx, CO2`` to a frame of options; NOx stands for the equivalents too."""
    return pl.DataFrame(
        [
            {
                "scope_code": scope, "scope_name": scope, "source_count": 1, "option": number, "measures": stack,
                "annual_cost_cny": cost, "delta_so2_t": 0.0, "delta_nox_t": nox, "delta_pm10_t": 0.0,
                "delta_pm25_t": 0.0, "delta_vocs_t": 0.0, "delta_nh3_t": 0.0, "delta_co2_t": co2,
                "delta_apeq_t": nox, "delta_co2e_tco2e": co2, "delta_indirect_tco2": 0.0,
            }
            for number, (scope, stack, cost, nox, co2) in enumerate(rows, start=1)
        ]
    )  # fmt: skip


def targets(*, nox: float | None = None, co2: float | None = None) -> pl.DataFrame:
    """Reductions that are needed, from a projection of 1,000 t each."""
    rows = [
        {"indicator": name, "delta_column": column, "projected": 1000.0, "target": 1000.0 - needed}
        for name, column, needed in (
            ("permitted_nox_t", "delta_nox_t", nox),
            ("co2_cap_t", "delta_co2_t", co2),
        )
        if needed is not None
    ]
    schema = {
        "indicator": pl.String,
        "delta_column": pl.String,
        "projected": pl.Float64,
        "target": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)


LIMITS = {"filter": 1.0, "switch": 0.5}
