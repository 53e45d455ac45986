"""A city's settings (``city.toml``) as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DATUMS = ("cgcs2000", "wgs84", "gcj02", "bd09")
MODULES = ("water", "ecology", "coastal", "non_co2")


@dataclass(frozen=True, slots=True)
class StatisticalArea:
    """An area that has statistics of its own but no polygon: its figures are counted in a host district."""

    code: str
    name: str
    host_district: str
    basis: str


@dataclass(frozen=True, slots=True)
class Methods:
    """Choices of method a city may make; each is stored beside every number it touches."""

    gwp_set: str = "AR5"
    priority_elements: tuple[str, ...] = ("ecology", "water", "air")
    minimum_control_unit_km2: float = 0.5
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """What stands on covers and in footers; an empty text says that the city has not filled it in.

    Attributes:
        prepared_by: 编制单位.
        prepared_on: 编制时间, as the city words it.
        map_review_number: 审图号 of the base map.
        security_level: 密级.
        disclaimer: remark on boundaries and use.
        contact: whom to ask.
    """

    prepared_by: str = ""
    prepared_on: str = ""
    map_review_number: str = ""
    security_level: str = ""
    disclaimer: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class CityConfig:
    """Settings of one city package.

    ``coordinates`` is the datum of point coordinates in tables; ``layer_crs`` is only used for
    layers that carry no CRS of their own.
    """

    adcode: str
    name: str
    province: str
    base_year: int
    horizons: tuple[int, ...] = (2025, 2035)
    coordinates: str = "cgcs2000"
    stored_crs: str = "EPSG:4490"
    modules: Mapping[str, bool] = field(default_factory=dict)
    methods: Methods = field(default_factory=Methods)
    spec_version: str = "1"
    data_label: str = ""
    statistical_areas: tuple[StatisticalArea, ...] = ()
    zoning_valid_from: str = ""
    publication: Publication = field(default_factory=Publication)

    def has_module(self, module: str) -> bool:
        """Tell whether an optional module is switched on."""
        return bool(self.modules.get(module, False))
