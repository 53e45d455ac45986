"""Area sources: divided inside their district by area, or by the weights of a proxy."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.baseline.errors import (
    MissingProxyError,
    ProxyWithoutWeightError,
    UnplacedEmissionError,
)
from sxyd_pipeline.core.baseline.layer import OUTSIDE, Layer
from sxyd_pipeline.core.zoning.areas import share_areas
from sxyd_pipeline.core.zoning.errors import CollapsedGeometryError
from sxyd_pipeline.core.zoning.projection import Geometries, polygons_of

#: Proxy name of sources that are spread evenly.
AREAL = "areal"

#: A covering layer may miss this much of a spread by two drawings of one border; its shares are then
#: scaled to 1. Less means that the layer does not cover the district (default).
LEAST_COVER = 0.9

#: Shares below come from strips thinner than the working grid and are handed to the other features.
LEAST_SHARE = 1e-9

_SCHEMA: dict[str, type[pl.DataType]] = {
    "spread_id": pl.String, "code": pl.String, "how": pl.String, "layer": pl.String, "share": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """How an area source is spread: a district, and a proxy or ``areal``."""

    spread_id: str
    district_code: str
    proxy: str


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Parts of districts that carry weight.

    ``polygons`` lie inside one district each; ``rows`` has ``spread_id, district_code, piece`` (index
    into the polygons) and ``weight``, which sums to 1 per spread.
    """

    polygons: Geometries
    rows: pl.DataFrame


def place_areas(
    spreads: Sequence[Spread], proxies: gpd.GeoDataFrame, layers: Sequence[Layer]
) -> pl.DataFrame:
    """Divide area sources over the features of every layer.

    Args:
        spreads: spreads to place.
        proxies: ``inputs.proxies`` (EPSG:4490).
        layers: layers that receive; the first one is the districts.

    Returns:
        ``spread_id, code, how, layer, share``; per spread and layer the shares sum to 1.

    Raises:
        UnplacedEmissionError: a district is not in the layer, or not covered by the control units.
        MissingProxyError: a proxy is not in the package.
        ProxyWithoutWeightError: a proxy has no weight in a district.
    """
    if not spreads:
        return pl.DataFrame(schema=_SCHEMA)
    districts = layers[0]
    wanted = pl.DataFrame(spreads).with_columns(
        how=pl.when(pl.col("proxy") == AREAL).then(pl.lit("areal")).otherwise(pl.lit("proxy"))
    )
    unknown = wanted.filter(~pl.col("district_code").is_in(districts.codes))
    if not unknown.is_empty():
        raise UnplacedEmissionError(unknown["spread_id"].to_list(), districts.name)
    pieces = _weigh(wanted, proxies, districts)
    own = wanted.select(
        "spread_id", "how", code="district_code", layer=pl.lit(districts.name), share=pl.lit(1.0)
    )
    others = [_divide(pieces, layer, wanted.select("spread_id", "how")) for layer in layers[1:]]
    return pl.concat([frame.select(list(_SCHEMA)) for frame in (own, *others)])


def _weigh(wanted: pl.DataFrame, proxies: gpd.GeoDataFrame, districts: Layer) -> _Pieces:
    """Cut districts into the pieces that carry weight: themselves, or their parts of proxy cells."""
    areal = wanted.filter(pl.col("proxy") == AREAL).join(
        pl.DataFrame({"district_code": districts.codes, "piece": np.arange(len(districts.codes))}),
        on="district_code",
        maintain_order="left",
    )
    evenly = areal.select("spread_id", "piece", weight=pl.lit(1.0))
    by_proxy = wanted.filter(pl.col("proxy") != AREAL)
    if by_proxy.is_empty():
        return _Pieces(districts.polygons, evenly)
    cells, polygons = _cells(by_proxy["proxy"].unique().to_list(), proxies)
    shared = share_areas(districts.polygons, polygons)
    in_district, cell = districts.polygons[shared.left], polygons[shared.right]
    partly = shared.area_m2 < shapely.area(cell)
    parts = cell.copy()
    parts[partly] = shapely.intersection(in_district[partly], cell[partly])
    cut = pl.DataFrame(
        {
            "district_code": pl.Series(districts.codes).gather(shared.left),
            "cell": shared.right,
            "piece": np.arange(len(parts)) + len(districts.codes),
            "inside_share": shared.area_m2 / shapely.area(cell),
        }
    )
    weighed = (
        by_proxy.join(cells, on="proxy", maintain_order="left")
        .join(cut, on=["district_code", "cell"], maintain_order="left")
        .with_columns(weight=pl.col("weight") * pl.col("inside_share"))
        .filter(pl.col("weight") > 0.0)
        # Joins keep no order, and sums of floats depend on it: sorted, the same bytes come out.
        .sort("spread_id", "piece")
    )
    empty = by_proxy.join(weighed, on="spread_id", how="anti")
    if not empty.is_empty():
        raise ProxyWithoutWeightError(empty.select("proxy", "district_code").rows())
    spread = weighed.select(
        "spread_id", "piece", weight=pl.col("weight") / pl.col("weight").sum().over("spread_id")
    )
    columns = [pl.col("spread_id"), pl.col("piece").cast(pl.Int64), pl.col("weight")]
    return _Pieces(
        np.concatenate([districts.polygons, parts]),
        pl.concat([evenly.select(columns), spread.select(columns)]),
    )


def _cells(names: list[str], proxies: gpd.GeoDataFrame) -> tuple[pl.DataFrame, Geometries]:
    """Return ``proxy, cell, weight`` and the distinct cells: proxies on one grid share their overlay."""
    missing = set(names) - set(proxies["proxy"])
    if missing:
        raise MissingProxyError(missing, set(proxies["proxy"]))
    used = proxies[proxies["proxy"].isin(names)].sort_values(["proxy", "cell_id"], kind="stable")
    polygons = polygons_of(used, "proxies")
    no_area = ~(shapely.area(polygons) > 0.0)
    if no_area.any():
        raise CollapsedGeometryError("proxies", used["cell_id"].to_numpy()[no_area].tolist())
    _, first, cell = np.unique(shapely.to_wkb(polygons), return_index=True, return_inverse=True)
    rows = pl.DataFrame(
        {
            "proxy": used["proxy"].tolist(),
            "cell": cell.ravel(),
            "weight": used["weight"].astype(float).tolist(),
        }
    )
    return rows.group_by("proxy", "cell", maintain_order=True).agg(pl.col("weight").sum()).sort(
        "proxy", "cell"
    ), polygons[first]


def _divide(pieces: _Pieces, layer: Layer, hows: pl.DataFrame) -> pl.DataFrame:
    """Divide the weight of every piece over the features it shares area with."""
    used = pieces.rows["piece"].unique().sort().to_numpy()
    shared = share_areas(pieces.polygons[used], layer.polygons)
    overlay = pl.DataFrame(
        {
            "piece": used[shared.left].astype(np.int64),
            "feature": shared.right,
            "part": shared.area_m2 / shapely.area(pieces.polygons[used])[shared.left],
        }
    )
    codes = pl.DataFrame(
        {"feature": np.arange(len(layer.codes)), "code": pl.Series(layer.codes, dtype=pl.String)}
    )
    received = (
        pieces.rows.join(overlay, on="piece", maintain_order="left")
        .sort("spread_id", "feature", "piece")
        .group_by("spread_id", "feature", maintain_order=True)
        .agg(share=(pl.col("weight") * pl.col("part")).sum())
        .filter(pl.col("share") > LEAST_SHARE)
        .join(codes, on="feature", maintain_order="left")
        .select("spread_id", "code", "share")
        .sort("spread_id", "code")
    )
    return _complete(received, layer, hows)


def _complete(received: pl.DataFrame, layer: Layer, hows: pl.DataFrame) -> pl.DataFrame:
    """Make the shares of every spread sum to 1: scale them, or give the rest to the outside."""
    covered = hows.join(
        received.group_by("spread_id", maintain_order=True).agg(covered=pl.col("share").sum()),
        on="spread_id",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("covered").fill_null(0.0))  # no shared area at all: nothing is covered
    if not layer.may_miss:
        missed = covered.filter(pl.col("covered") < LEAST_COVER)["spread_id"].to_list()
        if missed:
            raise UnplacedEmissionError(missed, layer.name)
    least = LEAST_COVER if layer.covers_city else 1.0 - LEAST_SHARE
    is_whole = pl.col("covered") >= least
    inside = received.join(covered, on="spread_id", maintain_order="left").with_columns(
        share=pl.when(is_whole).then(pl.col("share") / pl.col("covered")).otherwise(pl.col("share"))
    )
    outside = covered.filter(~is_whole).with_columns(code=pl.lit(OUTSIDE), share=1.0 - pl.col("covered"))
    columns = ["spread_id", "code", "how", "share"]
    return pl.concat([inside.select(columns), outside.select(columns)]).with_columns(layer=pl.lit(layer.name))
