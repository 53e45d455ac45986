"""A city chooses what pollutants weigh, and every table that weighs them follows."""

from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.core.baseline.equivalents import DUST, SOOT, choose_equivalents, sum_equivalents
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline_tests.assets.stage import Stage
from sxyd_pipeline_tests.core.inputs.standardising import reference
from sxyd_pipeline_tests.packages import tiny_config, write_tiny_city

#: kg of particles per equivalent in the law's table.
CHOICES = {SOOT: "", DUST: "pm_equivalent_kg = 4\n"}


@pytest.mark.parametrize("particles", CHOICES)
def test_key_items_weigh_particles_as_the_city_chooses(particles: str, tmp_path: Path) -> None:
    write_tiny_city(tmp_path / "321100", config=tiny_config() + CHOICES[particles])
    stage = Stage(open_package(tmp_path / "321100"))
    emissions = pl.DataFrame(stage.make("source_emissions").table)
    weights = choose_equivalents(reference().pollution_equivalents, particles=particles)
    by_category = sum_equivalents(emissions, weights, ["source_category"])
    wanted = {str(code): apeq for code, apeq in by_category.select("source_category", "apeq_t").iter_rows()}
    fields = pl.DataFrame(stage.make("key_fields").table)
    assert dict(fields.select("code", "apeq_t").iter_rows()) == pytest.approx(wanted)
    assert fields["reason_zh"].str.contains(particles).all()
    areas = pl.DataFrame(stage.make("key_areas").table).filter(pl.col("scope_type") == "control_unit")
    scores = pl.DataFrame(stage.make("control_unit_scores").table)
    today = scores.filter(pl.col("scenario_id") == "baseline", pl.col("year") == 2020)
    scored = dict(today.select("control_unit_code", "apeq_t").iter_rows())
    assert dict(areas.select("code", "apeq_t").iter_rows()) == pytest.approx(scored)
