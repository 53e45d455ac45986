"""Blue carbon: a hectare of salt marsh, and habitats nobody has a rate for."""

import polars as pl
import pytest

from sxyd_pipeline.core.synergy.modules.blue_carbon import bury_carbon
from sxyd_pipeline.core.synergy.modules.failures import UnknownHabitatError
from sxyd_pipeline_tests.core.inputs.standardising import reference


def test_a_hundred_hectares_of_salt_marsh_bury_195_tonnes_of_carbon() -> None:
    areas = pl.DataFrame({"habitat": ["saltmarsh"], "area_ha": [100.0]})
    row = bury_carbon(areas, reference().blue_carbon).row(0, named=True)
    assert row["burial_tco2_per_year"] == pytest.approx(195.0 * 44 / 12)
    assert row["low_tco2_per_year"] == pytest.approx(170.0 * 44 / 12)
    assert row["high_tco2_per_year"] == pytest.approx(220.0 * 44 / 12)


def test_an_own_rate_goes_before_the_table_and_has_no_range() -> None:
    areas = pl.DataFrame({"habitat": ["seagrass"], "area_ha": [100.0], "burial_gc_per_m2": [90.0]})
    row = bury_carbon(areas, reference().blue_carbon).row(0, named=True)
    assert row["burial_tco2_per_year"] == pytest.approx(90.0 * 44 / 12)
    assert row["low_tco2_per_year"] == row["high_tco2_per_year"] == row["burial_tco2_per_year"]
    assert row["basis"] == "package"


def test_a_habitat_without_a_rate_is_named() -> None:
    with pytest.raises(UnknownHabitatError, match="kelp"):
        bury_carbon(pl.DataFrame({"habitat": ["kelp"], "area_ha": [1.0]}), reference().blue_carbon)
