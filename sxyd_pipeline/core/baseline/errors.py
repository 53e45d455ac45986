"""Failures of the accounts, named after the broken rule."""

from collections.abc import Collection

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


class UnplacedEmissionError(SxydError):
    """Sources lie in no feature of a layer that covers the city: their tonnes would vanish."""

    def __init__(self, spread_ids: Collection[str], layer: str) -> None:
        """Keep the spreads and the layer they miss."""
        self.spread_ids, self.layer = sorted(spread_ids), layer
        super().__init__(
            f"{len(spread_ids)} 个排放源落位不在图层 {layer} 的任何要素内：{_listed(spread_ids)}",
            f"{len(spread_ids)} source place(s) lie in no feature of layer {layer}: {_listed(spread_ids)}",
            remedy_zh="核对坐标、区县代码，以及图层是否覆盖全市",
            remedy_en="check the coordinates and district codes, and that the layer covers the city",
            place=Place(file=f"zones/{layer}"),
        )


class UnknownSpreadError(SxydError):
    """A source says neither which facility it is nor which district and proxy spread it."""

    def __init__(self, spread_ids: Collection[str]) -> None:
        """Keep the spreads that cannot be read."""
        self.spread_ids = sorted(spread_ids)
        super().__init__(
            f"{len(spread_ids)} 个空间落位编号无法识别：{_listed(spread_ids)}",
            f"{len(spread_ids)} spread id(s) cannot be read: {_listed(spread_ids)}",
            remedy_zh="应为 facility:企业编号、area:区县代码:areal 或 area:区县代码:因子名",
            remedy_en="expected facility:<id>, area:<district>:areal or area:<district>:<proxy>",
            place=Place(column="spread_id"),
        )


class MissingProxyError(SxydError):
    """Area sources ask for a proxy layer that the package does not have."""

    def __init__(self, missing: Collection[str], present: Collection[str]) -> None:
        """Keep the proxies that are missing, and those that are there."""
        self.missing, self.present = sorted(missing), sorted(present)
        super().__init__(
            f"数据包没有空间分配因子 {_listed(missing)}（现有：{_listed(present) or '无'}）",
            f"the package has no proxy {_listed(missing)} (it has: {_listed(present) or 'none'})",
            remedy_zh="在 proxies/ 中补充该图层，或清空 area_activity 的 spatial_proxy（按面积分配）",
            remedy_en="add the layer to proxies/, or empty spatial_proxy in area_activity (spreads by area)",
            place=Place(file="area_activity", column="spatial_proxy", value=self.missing[0]),
        )


class ProxyWithoutWeightError(SxydError):
    """A proxy has no weight in a district whose sources it should spread."""

    def __init__(self, pairs: Collection[tuple[str, str]]) -> None:
        """Keep the pairs ``(proxy, district code)``."""
        self.pairs = sorted(pairs)
        listed = _listed([f"{proxy} @ {district}" for proxy, district in pairs])
        super().__init__(
            f"空间分配因子在以下区县内没有权重：{listed}",
            f"these proxies have no weight in the district: {listed}",
            remedy_zh="补充该区县的权重，或对该区县改用其他因子",
            remedy_en="add weights for the district, or use another proxy there",
            place=Place(file=f"proxies/{self.pairs[0][0]}", column="weight"),
        )
