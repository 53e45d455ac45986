"""The value every deliverable is written from: the tables of one release and what stands on its cover.

A run builds it from the tables it has just gathered, ``sxyd export`` from the database of a release.
Both give the same value, so both give the same bytes; it knows no clock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import polars as pl

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME, TABLES
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.inputs.config import Publication
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.geoparquet import GEOMETRY, STORED_CRS

Language = Literal["zh", "en"]
#: The clock of ``meta.release`` is in no deliverable.
CLOCK = "created"
_ON_COVERS = ("province", "horizons", "modules", "gwp_set", "publication")
#: Headings of the publication settings, and what stands in for an empty one.
WORDS: Mapping[str, tuple[str, str]] = {
    "prepared_by": ("编制单位", "prepared by"),
    "prepared_on": ("编制时间", "prepared on"),
    "map_review_number": ("审图号", "map review number"),
    "security_level": ("密级", "security level"),
    "disclaimer": ("说明", "remark"),
    "contact": ("联系方式", "contact"),
}
_STAND_INS: Mapping[str, tuple[str, str]] = {
    "prepared_by": ("未填写编制单位", "not stated"),
    "prepared_on": ("未填写编制时间", "not stated"),
    "map_review_number": ("未填写审图号，不得公开", "none stated; not for public use"),
    "security_level": ("未填写密级", "not stated"),
    "disclaimer": ("图中界线不作为划界依据", "boundaries on maps are not authoritative"),
    "contact": ("未填写联系方式", "not stated"),
}


class TooOldReleaseError(SxydError):
    """The release was written by a version that did not store what deliverables need."""

    def __init__(self, release_id: str, missing: str) -> None:
        """Keep the release and what it lacks."""
        super().__init__(
            f"发布 {release_id} 由旧版程序写出，缺少 {missing}，无法重新生成成果",
            f"release {release_id} was written by an older version and lacks {missing}",
            remedy_zh="重新运行 sxyd run，或用写出它的版本导出",
            remedy_en="run sxyd run again, or export with the version that wrote it",
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """One release, ready to be written in any form.

    Attributes:
        release_id: id that stands on every cover.
        city_code: adcode.
        city_name: name of the city.
        province: name of the province.
        base_year: base year.
        horizons: years of the projection.
        modules: optional modules that ran (water, ecology, coastal, non_co2).
        data_label: 示例数据 when any input is synthetic, else what the package declares or "".
        spec_version: version of the data specification.
        code_version: version of the program.
        inputs_hash: sha256 over all inputs and reference data.
        gwp_set: set of global warming potentials.
        publication: words on covers and in footers, as the city wrote them.
        tables: every table by ``schema.table``; geometry is WKB in EPSG:4490.
    """

    release_id: str
    city_code: str
    city_name: str
    province: str
    base_year: int
    horizons: tuple[int, ...]
    modules: frozenset[str]
    data_label: str
    spec_version: str
    code_version: str
    inputs_hash: str
    gwp_set: str
    publication: Publication
    tables: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, tables: Mapping[Table, pl.DataFrame]) -> "Edition":
        """Build an edition from the tables of one city's release, ``meta.release`` among them.

        Raises:
            TooOldReleaseError: ``meta.release`` lacks what covers need.
        """
        row = tables[RELEASE].row(0, named=True)
        missing = [name for name in _ON_COVERS if row[name] is None]
        if missing:
            raise TooOldReleaseError(row["release_id"], "、".join(missing))
        return cls(
            release_id=row["release_id"],
            city_code=row["city_code"],
            city_name=row["city_name"],
            province=row["province"],
            base_year=row["base_year"],
            horizons=tuple(int(year) for year in row["horizons"].split(";")),
            modules=frozenset(filter(None, row["modules"].split(";"))),
            data_label=row["data_label"] or "",
            spec_version=row["spec_version"],
            code_version=row["code_version"],
            inputs_hash=row["inputs_hash"],
            gwp_set=row["gwp_set"],
            publication=Publication(**json.loads(row["publication"])),
            tables=MappingProxyType(
                # In the order of the contracts and in one piece, wherever they come from: the order of
                # a sum, and with it its last digit, depends on both.
                {
                    table.full_name: tables[table].drop(CLOCK, strict=False).rechunk()
                    for table in TABLES
                    if table in tables
                }
            ),
        )

    @property
    def is_example(self) -> bool:
        """Whether any input is synthetic, which every page must say."""
        return self.data_label == "示例数据"

    def table(self, name: str) -> pl.DataFrame:
        """Return a table by ``schema.table``, without its geometry; columns and order of the contract.

        Raises:
            KeyError: there is no such table.
        """
        return self.tables[name].drop(GEOMETRY, strict=False)

    def has(self, name: str) -> bool:
        """Tell whether the release has a table and it holds rows."""
        return name in self.tables and self.tables[name].height > 0

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a table with its polygons in EPSG:4490; attributes as pandas columns.

        Raises:
            KeyError: there is no such table, or it has no geometry.
        """
        frame = self.tables[name]
        geometry = gpd.GeoSeries.from_wkb(frame[GEOMETRY].to_list(), crs=STORED_CRS)
        return gpd.GeoDataFrame(frame.drop(GEOMETRY).to_pandas(), geometry=geometry, crs=STORED_CRS)

    def contract(self, name: str) -> Table:
        """Return the contract of a table: labels, units and bounds of its columns."""
        return TABLE_BY_NAME[name]

    def shown(self, setting: str, language: Language) -> str:
        """Return a publication setting for print; an empty one says that it was left out."""
        text = str(getattr(self.publication, setting))
        return text or _STAND_INS[setting][0 if language == "zh" else 1]

    def imprint(self, language: Language) -> dict[str, str]:
        """Return all publication settings with their headings, in order."""
        place = 0 if language == "zh" else 1
        return {WORDS[one.name][place]: self.shown(one.name, language) for one in fields(Publication)}
