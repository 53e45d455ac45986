"""The whole check of a delivery."""

import hashlib
from pathlib import Path

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.deliverables.delivery_check.agreement import (
    check_bridge,
    check_clauses,
    check_files_agree,
    check_manifests,
    check_presence,
    check_total_is_inventory,
)
from sxyd_pipeline.deliverables.delivery_check.attributes import check_fields
from sxyd_pipeline.deliverables.delivery_check.findings import Findings
from sxyd_pipeline.deliverables.delivery_check.geometry import (
    check_areas,
    check_coverage,
    check_geometry,
    clean,
)
from sxyd_pipeline.deliverables.delivery_check.reading import (
    Delivered,
    check_texts,
    list_files,
    read_delivery,
)
from sxyd_pipeline.deliverables.delivery_check.shapefiles import check_shapefiles
from sxyd_pipeline.deliverables.delivery_check.specification import load_specification
from sxyd_pipeline.errors import Place, SxydError

#: Formats may round coordinates; this is a tenth of a millimetre.
_DEGREES = 1e-9


class NoDeliveryError(SxydError):
    """There is no folder to check."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        super().__init__(
            "没有该文件夹",
            "there is no such folder",
            remedy_zh="给出成果文件夹，例如 out/<发布编号>/data",
            remedy_en="give the folder of a delivery, out/<release>/data for example",
            place=Place(str(folder)),
        )


def check_delivery(folder: Path, reference: Reference, version: str | None = None) -> pl.DataFrame:
    """Check a delivery.

    Args:
        folder: folder of the delivery; nothing outside it is read.
        reference: reference data with the specification.
        version: version of the specification; None takes the newest.

    Returns:
        One row per finding with :data:`~.findings.SCHEMA`, blocking ones first; none means it holds.

    Raises:
        NoDeliveryError: there is no such folder.
        UnknownSpecificationError: there is no such version.
    """
    if not folder.is_dir():
        raise NoDeliveryError(folder)
    findings = Findings(load_specification(reference, version))
    files = list_files(folder, findings)
    check_texts(files, findings)
    delivered = read_delivery(files, findings.specification, findings)
    check_presence(delivered, findings)
    for one in delivered:
        check_fields(one, findings)
    _check_layers(delivered, findings)
    check_shapefiles(files, delivered, findings)
    check_files_agree(delivered, findings)
    check_total_is_inventory(delivered, findings)
    check_bridge(delivered, findings)
    check_clauses(delivered, findings)
    check_manifests(files, findings)
    return findings.frame()


def _check_layers(delivered: list[Delivered], findings: Findings) -> None:
    """Check polygons; polygons that several files share are compared with their neighbours only once."""
    cleaned: dict[str, tuple[Delivered, gpd.GeoDataFrame | None]] = {}
    for one in delivered:
        usable = check_geometry(one, findings)
        if usable is None:
            continue
        mark = _digest(one.rule.name, usable)
        if mark not in cleaned:
            cleaned[mark] = (one, clean(one, usable, findings))
        features = cleaned[mark][1]
        if features is not None:
            check_areas(one, features, findings)
    known = [(one, features) for one, features in cleaned.values() if features is not None]
    districts = next((features for one, features in known if one.rule.name == "districts"), None)
    for one, features in known:
        check_coverage(one, features, districts, findings)


def _digest(layer: str, usable: gpd.GeoDataFrame) -> str:
    """Return a hash of codes and polygons in their order; how a format turns rings does not count."""
    normal = shapely.normalize(shapely.set_precision(usable.geometry.to_numpy(), _DEGREES, mode="pointwise"))
    content = b"".join([layer.encode(), *(code.encode() for code in usable["code"]), *shapely.to_wkb(normal)])
    return hashlib.sha256(content).hexdigest()
