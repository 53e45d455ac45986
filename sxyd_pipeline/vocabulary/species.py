"""Species of the co-inventory: identity only; potentials and equivalents are data."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Species:
    """One emitted substance. ``kind`` says which of the two balances it belongs to."""

    code: str
    zh: str
    kind: Literal["pollutant", "greenhouse_gas"]
    note: str = ""


ALL_SPECIES = (
    Species("SO2", "二氧化硫", "pollutant"),
    Species("NOx", "氮氧化物", "pollutant", "以 NO2 计 / as NO2"),
    Species("CO", "一氧化碳", "pollutant"),
    Species("VOCs", "挥发性有机物", "pollutant"),
    Species("NH3", "氨", "pollutant"),
    Species("PM10", "可吸入颗粒物", "pollutant"),
    Species("PM2.5", "细颗粒物", "pollutant"),
    Species("BC", "黑碳", "pollutant"),
    Species("OC", "有机碳", "pollutant"),
    Species("CO2", "二氧化碳", "greenhouse_gas", "不含生物源 / without biogenic"),
    Species("CH4", "甲烷", "greenhouse_gas"),
    Species("N2O", "氧化亚氮", "greenhouse_gas"),
    Species("HFCs", "氢氟碳化物", "greenhouse_gas", "以 HFC-134a 计 / as HFC-134a"),
    Species("PFCs", "全氟化碳", "greenhouse_gas", "以 CF4 计 / as CF4"),
    Species("SF6", "六氟化硫", "greenhouse_gas"),
    Species("NF3", "三氟化氮", "greenhouse_gas"),
)

SPECIES_BY_CODE = {species.code: species for species in ALL_SPECIES}
POLLUTANTS = tuple(s.code for s in ALL_SPECIES if s.kind == "pollutant")
GREENHOUSE_GASES = tuple(s.code for s in ALL_SPECIES if s.kind == "greenhouse_gas")
SPECIES_CODES = tuple(s.code for s in ALL_SPECIES)

#: What people type, mapped to the code (case and width are folded before the look-up).
SPECIES_ALIASES = {
    "so₂": "SO2", "nox": "NOx", "noₓ": "NOx", "氮氧化物(以no2计)": "NOx", "voc": "VOCs", "nmvoc": "VOCs",
    "vocs": "VOCs", "pm25": "PM2.5", "pm2_5": "PM2.5", "pm₂.₅": "PM2.5", "pm₁₀": "PM10", "nh₃": "NH3", "co₂": "CO2",
    "ch₄": "CH4", "n₂o": "N2O", "hfc": "HFCs", "pfc": "PFCs", "sf₆": "SF6", "nf₃": "NF3", "氨气": "NH3",
    **{species.zh: species.code for species in ALL_SPECIES},
    **{species.code.lower(): species.code for species in ALL_SPECIES},
}  # fmt: skip

#: Mass of CO2 per mass of carbon; the ratio everyone forgets once.
CO2_PER_CARBON = 44.0 / 12.0
