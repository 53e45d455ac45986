"""Builds the example city 321100 and synthetic packages of any size; one generator for all of them."""

from sxyd_pipeline.example_city.generator import build_example_city
from sxyd_pipeline.example_city.synth import build_synthetic_cities

__all__ = ["build_example_city", "build_synthetic_cities"]
