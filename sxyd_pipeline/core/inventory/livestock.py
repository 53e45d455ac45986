"""Ammonia of livestock by the nitrogen that passes housing, storage and spreading."""

import polars as pl

from sxyd_pipeline.core.sums import add_up

NH3_PER_N = 17.031 / 14.007

_STAGES = ("house", "store", "spread")


def livestock_ammonia(parameters: pl.DataFrame) -> pl.DataFrame:
    """Compute NH3 per head and stage from total ammoniacal nitrogen (TAN).

    ``TAN = days * kg/d * N share * TAN share``; each stage loses its share of what the stage before
    left, separately for urine and faeces; ``NH3 = lost N * 17.031 / 14.007``.

    Args:
        parameters: per animal ``days``, ``urine_kg_d``, ``faeces_kg_d``, ``urine_N_pct``, ``faeces_N_pct``,
            ``urine_TAN_pct``, ``faeces_TAN_pct``, and per stage and stream the loss in % of TAN, named as
            published (``EF_house_urine_pctTAN`` ... ``EF_store_urine_NH3_pctTAN`` ...).

    Returns:
        ``animal``, ``house_kg``, ``store_kg``, ``spread_kg``, ``nh3_kg_per_head`` for the stated days, in the
        order given.

    References:
        廖仁郡 (2017), ChinaXiv-201711.02349.
    """

    def lost(stream: str) -> dict[str, pl.Expr]:
        left = (
            pl.col("days")
            * pl.col(f"{stream}_kg_d")
            * pl.col(f"{stream}_N_pct")
            / 100.0
            * pl.col(f"{stream}_TAN_pct")
            / 100.0
        )
        columns = {
            "house": f"EF_house_{stream}_pctTAN",
            "store": f"EF_store_{stream}_NH3_pctTAN",
            "spread": f"EF_spread_{stream}_pctTAN",
        }
        losses = {}
        for stage in _STAGES:
            losses[stage] = left * pl.col(columns[stage]) / 100.0
            left = left - losses[stage]
        return losses

    urine, faeces = lost("urine"), lost("faeces")
    return parameters.select(
        "animal", *(((urine[stage] + faeces[stage]) * NH3_PER_N).alias(f"{stage}_kg") for stage in _STAGES)
    ).with_columns(nh3_kg_per_head=add_up(f"{stage}_kg" for stage in _STAGES))
