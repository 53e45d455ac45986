import tomllib

import pytest

from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline_tests.packages import tiny_config


def parse(more: str = "", **replaced: str):  # noqa: ANN201 - a CityConfig, told by the name
    text = tiny_config(more=more)
    for old, new in replaced.items():
        text = "\n".join(new if line.startswith(f"{old} =") else line for line in text.splitlines())
    return parse_config(tomllib.loads(text))


def test_the_tiny_city_is_read_whole() -> None:
    config = parse()
    assert (config.adcode, config.base_year, config.horizons) == ("321100", 2020, (2025, 2035))
    assert config.coordinates == "cgcs2000"
    assert config.has_module("non_co2")
    assert not config.has_module("water")
    assert config.methods.gwp_set == "AR5"


@pytest.mark.parametrize(
    ("key", "line", "told"),
    [
        ("adcode", "adcode = 321100", "six-digit"),
        ("name", 'name = " "', "non-empty"),
        ("base_year", 'base_year = "2020"', "1990–2100"),
        ("base_year", "base_year = true", "1990–2100"),
        ("horizons", "horizons = [2015]", "after the base year 2020"),
        ("coordinates", 'coordinates = "gcj-02"', '"gcj02"'),
        ("stored", 'stored = "EPSG:3857"', '"EPSG:4490"'),
        ("water", 'water = "yes"', "true | false"),
        ("data_label", 'data_label = "sample"', "示例数据"),
        ("gwp_set", 'gwp_set = ""', "non-empty"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(key: str, line: str, told: str) -> None:
    with pytest.raises(InvalidConfigError) as caught:
        parse(**{key: line})
    assert key in str(caught.value)
    assert told in caught.value.en + caught.value.zh


def test_an_unknown_key_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(InvalidConfigError, match=r"base_yaer.*valid keys.*base_year"):
        parse(more="base_yaer = 2020")
    with pytest.raises(InvalidConfigError, match=r"crs\.coordinate .*valid keys.*coordinates"):
        parse(coordinates='coordinate = "gcj02"')


def test_a_statistical_area_needs_a_host_other_than_itself() -> None:
    area = (
        '[[statistical_areas]]\ncode = "321171"\nname = "新区"\nhost_district = "{}"\nbasis = "无独立图斑"\n'
    )
    good = parse_config(tomllib.loads(tiny_config() + area.format("321111")))
    assert good.statistical_areas[0].host_district == "321111"
    with pytest.raises(InvalidConfigError, match=r"statistical_areas\[1\]\.host_district"):
        parse_config(tomllib.loads(tiny_config() + area.format("321171")))


def test_methods_beyond_the_core_are_kept() -> None:
    config = parse_config(tomllib.loads(tiny_config() + 'grade_scheme = "five"\n'))
    assert config.methods.extra == {"grade_scheme": "five"}


def test_words_of_covers_are_read_and_their_absence_is_kept() -> None:
    settings = tomllib.loads(
        tiny_config() + '[publication]\nprepared_by = " 某院 "\nmap_review_number = "GS(2024)0650号"\n'
    )
    publication = parse_config(settings).publication
    assert (publication.prepared_by, publication.map_review_number) == ("某院", "GS(2024)0650号")
    assert publication.prepared_on == ""
    assert parse().publication.prepared_by == ""


@pytest.mark.parametrize(
    "line", ["prepared_by = 3", 'author = "x"', 'contact = """a\nb"""', f'disclaimer = "{"长" * 201}"']
)
def test_words_of_covers_are_one_line_under_known_names(line: str) -> None:
    with pytest.raises(InvalidConfigError):
        parse_config(tomllib.loads(f"{tiny_config()}[publication]\n{line}\n"))
