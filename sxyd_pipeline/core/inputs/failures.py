"""Failures of a package's content: they stop the city and carry every place concerned."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.outcome import no_findings
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

#: A message names this many places; all of them stand in ``findings``.
_NAMED = 5


class PackageContentError(SxydError):
    """Content of a package that stops the city; ``findings`` lists every place concerned."""

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        remedy_zh: str,
        remedy_en: str,
        place: Place | None = None,
        findings: pl.DataFrame | None = None,
    ) -> None:
        """Keep the findings beside the message."""
        super().__init__(zh, en, remedy_zh=remedy_zh, remedy_en=remedy_en, place=place)
        self.findings = no_findings() if findings is None else findings


class InvalidConfigError(PackageContentError):
    """city.toml holds a key or a value that is not allowed, or lacks one that is required."""

    @classmethod
    def unknown_key(cls, file: str, key: str, valid: Sequence[str]) -> "InvalidConfigError":
        """Name the key and the ones that are valid in its place."""
        names = "、".join(valid)
        return cls(
            f"{file} 中有未知的键 {key}；可用的键：{names}",
            f"unknown key {key} in {file}; valid keys: {names}",
            remedy_zh="删除该键或改正拼写",
            remedy_en="delete the key or mend its spelling",
            place=Place(file, column=key),
        )

    @classmethod
    def not_allowed(
        cls, file: str, key: str, value: object, wanted_zh: str, wanted_en: str
    ) -> "InvalidConfigError":
        """Name the key, its value, and what is allowed."""
        return cls(
            f"{file} 的 {key} 无效或缺失：应为{wanted_zh}",
            f"{key} in {file} is missing or not valid: it must be {wanted_en}",
            remedy_zh=f"把 {key} 改为{wanted_zh}",
            remedy_en=f"set {key} to {wanted_en}",
            place=Place(file, column=key, value="" if value is None else str(value)),
        )


class MissingColumnError(PackageContentError):
    """A required column is not in the file."""

    def __init__(
        self, place: Place, missing: Sequence[tuple[str, Sequence[str]]], found: Sequence[str]
    ) -> None:
        """Name the columns, the headers accepted for each, and the headers found."""
        wanted = "；".join(f"{name}（{' | '.join(spellings)}）" for name, spellings in missing)
        seen = "、".join(header for header in found if header)[:400] or "（无 / none）"
        super().__init__(
            f"缺少必需列：{wanted}；文件中的列：{seen}",
            f"required columns are missing: {wanted}; headers found: {seen}",
            remedy_zh="补充这些列，或把表头改为括号内任一写法",
            remedy_en="add the columns, or use one of the spellings in brackets as header",
            place=place,
        )


class DuplicateColumnError(PackageContentError):
    """Two headers of a file mean the same column."""

    def __init__(self, place: Place, column: str, headers: Sequence[str]) -> None:
        """Name the column and the headers that claim it."""
        claimed = "、".join(headers)
        super().__init__(
            f"多个表头对应同一列 {column}：{claimed}",
            f"several headers mean the same column {column}: {claimed}",
            remedy_zh="只保留一个表头",
            remedy_en="keep one of these headers",
            place=place,
        )


class HeaderUnitMismatchError(PackageContentError):
    """A header states another unit of measure than the column is kept in."""

    def __init__(self, place: Place, column: str, stated: str, wanted: str) -> None:
        """Name both units."""
        super().__init__(
            f"表头注明的单位为 {stated}，而列 {column} 的单位是 {wanted}",
            f"the header states {stated}, but column {column} is in {wanted}",
            remedy_zh=f"把数值换算为 {wanted} 并改正表头",
            remedy_en=f"convert the values to {wanted} and mend the header",
            place=place,
        )


class MissingYearError(PackageContentError):
    """A table has no accepted row for the base year."""

    def __init__(self, place: Place, base_year: int, years: Sequence[int], findings: pl.DataFrame) -> None:
        """Name the base year and the years that are there."""
        present = "、".join(str(year) for year in years) or "无 / none"
        super().__init__(
            f"没有基准年 {base_year} 的有效数据；现有年份：{present}；被隔离 {_count_rows(findings)} 行",
            f"no accepted row for the base year {base_year}; years present: {present}; "
            f"{_count_rows(findings)} row(s) set aside",
            remedy_zh="补充该年数据，或在 city.toml 中修改 base_year；被隔离的行见检查结果",
            remedy_en="add the year, or change base_year in city.toml; the check lists the rows set aside",
            place=place,
            findings=findings,
        )


class BlockedLayersError(PackageContentError):
    """Polygons break rules that cannot be mended by leaving the polygon out."""

    def __init__(self, findings: pl.DataFrame) -> None:
        """Name the first places; all of them stand in ``findings``."""
        rows = findings.head(_NAMED).to_dicts()
        rules = [RULE_BY_CODE[str(row["rule"])] for row in rows]
        places = [
            Place(
                row["source_file"], row["source_sheet"] or "", row["source_row"], row["column_name"] or "",
                row["value"] or "",
            )
            for row in rows
        ]  # fmt: skip
        more_zh = f"；另有 {findings.height - len(rows)} 处" if findings.height > len(rows) else ""
        more_en = f"; {findings.height - len(rows)} more" if findings.height > len(rows) else ""
        super().__init__(
            "图层不符合规则："
            + "；".join(f"{p}：{r.zh}" for p, r in zip(places, rules, strict=True))
            + more_zh,
            "layers break rules: "
            + "; ".join(f"{p}: {r.en}" for p, r in zip(places, rules, strict=True))
            + more_en,
            remedy_zh="；".join(dict.fromkeys(rule.remedy_zh for rule in rules)),
            remedy_en="; ".join(dict.fromkeys(rule.remedy_en for rule in rules)),
            place=places[0] if places else None,
            findings=findings,
        )


class MissingCrsError(PackageContentError):
    """A layer carries no CRS and its coordinates are not degrees."""

    def __init__(self, file: str, bounds: Sequence[float]) -> None:
        """Show the extent, from which a person can tell the projection."""
        extent = ", ".join(f"{bound:.1f}" for bound in bounds)
        super().__init__(
            f"图层没有坐标系信息，且坐标不是经纬度（范围 {extent}）",
            f"the layer has no CRS and its coordinates are not degrees (extent {extent})",
            remedy_zh="补充 .prj 文件或在 GIS 中定义坐标系后重新保存",
            remedy_en="add the .prj file, or define the CRS in a GIS and save again",
            place=Place(file),
        )


class LayerOutsideChinaError(PackageContentError):
    """A layer's coordinates do not lie in China once read with its CRS."""

    def __init__(self, file: str, crs: str, bounds: Sequence[float]) -> None:
        """Show CRS and extent."""
        extent = ", ".join(f"{bound:.4f}" for bound in bounds)
        super().__init__(
            f"按坐标系 {crs} 读取后图层不在中国范围内（经纬度范围 {extent}）",
            f"read with CRS {crs} the layer does not lie in China (extent {extent} in degrees)",
            remedy_zh="检查坐标系定义是否与坐标一致、经纬度是否写反",
            remedy_en="check that the CRS fits the coordinates and that the axes are not swapped",
            place=Place(file),
        )


def _count_rows(findings: pl.DataFrame) -> int:
    """Count rows set aside, each once."""
    aside = findings.filter(pl.col("strength") == "set_aside")
    return aside.select("source_file", "source_sheet", "source_row").n_unique()
