"""Colours that must be told apart are, with normal sight, without red or green cones, and on a grey copy."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sxyd_pipeline.deliverables.mapkit.theme import scheme_of, theme_of

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15, 1291-1298, severity 1.0, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ @ np.ones(3)
THEME = theme_of("321100", "江苏省")


def lab(colour: str, sight: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.full(3, linear @ TO_XYZ[1]) if sight == "grey" else np.clip(SIGHTS[sight] @ linear, 0.0, 1.0)
    ratio = TO_XYZ @ linear / WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.mark.parametrize("sight", ["normal", "deutan", "protan", "grey"])
def test_control_classes_differ_for_every_reader(sight: str) -> None:
    for one, other in combinations(THEME.class_colours.values(), 2):
        assert distance(one, other, sight) > 18.0


@pytest.mark.parametrize("sight", ["normal", "deutan", "protan", "grey"])
@pytest.mark.parametrize("ramp", ["density", "cool", "violet"])
def test_neighbours_on_a_ramp_differ_for_every_reader(ramp: str, sight: str) -> None:
    for one, other in pairwise(THEME.ramps[ramp]):
        assert distance(one, other, sight) > 8.0


@pytest.mark.parametrize("ramp", ["density", "cool", "violet"])
def test_a_ramp_gets_darker_all_the_way(ramp: str) -> None:
    lightness = [lab(colour, "grey")[0] for colour in THEME.ramps[ramp]]
    assert all(high > low + 8.0 for high, low in pairwise(lightness))


@pytest.mark.parametrize("sight", ["normal", "deutan", "protan"])
def test_rise_and_fall_differ_without_red_or_green(sight: str) -> None:
    change = THEME.ramps["change"]
    for fall in change[:3]:
        for rise in change[3:]:
            assert distance(fall, rise, sight) > 20.0


@pytest.mark.parametrize("sight", ["normal", "deutan", "protan"])
def test_hot_and_cold_clusters_differ_without_red_or_green(sight: str) -> None:
    for one, other in combinations(THEME.clusters.values(), 2):
        assert distance(one, other, sight) > 15.0


def test_a_province_or_city_may_use_its_own_class_colours() -> None:
    schemes = {"default": {"priority": "#1"}, "江苏省": {"priority": "#2"}, "321100": {"priority": "#3"}}
    assert scheme_of(schemes, "321100", "江苏省")["priority"] == "#3"
    assert scheme_of(schemes, "320100", "江苏省")["priority"] == "#2"
    assert scheme_of(schemes, "110000", "北京市")["priority"] == "#1"
