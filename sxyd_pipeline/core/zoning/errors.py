"""Failures of the zoning steps, named after the broken rule."""

from collections.abc import Sequence

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5


class CrsMismatchError(SxydError):
    """A layer reaches the zoning steps in another CRS than the stored one."""

    def __init__(self, layer: str, found: str) -> None:
        """Keep the layer and the CRS it came in."""
        self.layer, self.found = layer, found
        super().__init__(
            f"图层 {layer} 的坐标系是 {found}，应为 EPSG:4490",
            f"layer {layer} comes in {found}, expected EPSG:4490",
            remedy_zh="在 city.toml 的 [crs] 中声明图层坐标系后重新读入",
            remedy_en="declare the CRS of the layer in city.toml, [crs], and read it again",
        )


class MissingLayerError(SxydError):
    """A layer that the city's settings ask for is not in the package."""

    def __init__(self, layer: str, *, module: bool) -> None:
        """Keep the layer, and say whether an optional module asks for it."""
        self.layer = layer
        because_zh = f"city.toml 打开了模块 {layer}" if module else "该图层为必备图层"
        because_en = f"module {layer} is on in city.toml" if module else "every package must bring it"
        super().__init__(
            f"数据包缺少图层 zones/{layer}（{because_zh}）",
            f"the package has no layer zones/{layer} ({because_en})",
            remedy_zh="补充该图层" + ("，或在 city.toml 的 [modules] 中关闭该模块" if module else ""),
            remedy_en="add the layer"
            + (", or switch the module off in city.toml, [modules]" if module else ""),
            place=Place(file=f"zones/{layer}"),
        )


class CollapsedGeometryError(SxydError):
    """Nothing is left of a feature once its geometry is valid on the millimetre grid."""

    def __init__(self, layer: str, codes: Sequence[str]) -> None:
        """Keep the layer and the codes of the features without area."""
        self.layer, self.codes = layer, sorted(codes)
        super().__init__(
            f"图层 {layer} 有 {len(codes)} 个要素没有面积：{'、'.join(self.codes[:_SHOWN])}",
            f"{len(codes)} feature(s) of layer {layer} have no area: {', '.join(self.codes[:_SHOWN])}",
            remedy_zh="在 GIS 中补绘这些要素，或将其删除",
            remedy_en="draw these features in a GIS, or delete them",
            place=Place(file=f"zones/{layer}", column="geometry"),
        )


class StatedAreaError(SxydError):
    """The computed area of a feature differs from the stated one by more than 2 %."""

    def __init__(self, layer: str, rows: Sequence[tuple[str, float, float]], place: Place) -> None:
        """Keep ``(code, computed km2, stated km2)`` of every such feature; ``place`` is the first one."""
        self.layer, self.rows = layer, list(rows)
        listed = "; ".join(
            f"{code}: {computed:.4f} ≠ {stated:.4f} km2" for code, computed, stated in rows[:_SHOWN]
        )
        super().__init__(
            f"图层 {layer} 有 {len(rows)} 个要素的计算面积与填报面积相差超过 2%：{listed}",
            f"{len(rows)} feature(s) of layer {layer} differ from their stated area by over 2 %: {listed}",
            remedy_zh="核对图形是否完整、面积单位是否为平方公里；无法核实时清空 stated_area_km2",
            remedy_en="check the geometry, and that areas are in km2; leave stated_area_km2 empty if unknown",
            place=place,
        )


class UnknownZoneTypeError(SxydError):
    """A zone has no type, or one that neither the nation's nor the province's list knows."""

    def __init__(self, rows: Sequence[tuple[str, str]], place: Place) -> None:
        """Keep ``(zone code, type)`` of every such zone; ``place`` is the first one."""
        self.rows = list(rows)
        listed = ", ".join(f"{code} ({zone_type or '∅'})" for code, zone_type in rows[:_SHOWN])
        super().__init__(
            f"{len(rows)} 个要素分区的细类不在类型表中：{listed}",
            f"the type of {len(rows)} zone(s) is not in the type table: {listed}",
            remedy_zh="改用 zone_types 表中的细类，或在该表中增加本省细类",
            remedy_en="use a type of zone_types, or add the province's own type to it",
            place=place,
        )


class UnknownControlClassError(SxydError):
    """Neither the attribute nor the code of a feature tells its control class."""

    def __init__(self, layer: str, codes: Sequence[str]) -> None:
        """Keep the layer and the codes."""
        self.codes = sorted(codes)
        super().__init__(
            f"图层 {layer} 有 {len(codes)} 个要素缺少管控类别：{'、'.join(self.codes[:_SHOWN])}",
            f"{len(codes)} feature(s) of {layer} have no control class: {', '.join(self.codes[:_SHOWN])}",
            remedy_zh="填写 control_class（1 优先、2 重点、3 一般）",
            remedy_en="fill in control_class (1 priority, 2 key, 3 general)",
            place=Place(file=f"zones/{layer}", column="control_class"),
        )


class SerialsExhaustedError(SxydError):
    """A county has used all 9999 serials of a control class."""

    def __init__(self, district_code: str, control_class: int) -> None:
        """Keep the county and class."""
        self.district_code, self.control_class = district_code, control_class
        super().__init__(
            f"{district_code} 第 {control_class} 类管控单元的四位序号已用尽",
            f"district {district_code} has no four-digit serial left for class {control_class}",
            remedy_zh="提高 city.toml 的 minimum_control_unit_km2，或由主管部门重新编码",
            remedy_en="raise minimum_control_unit_km2 in city.toml, or have the authority renumber the units",
        )
