"""Shared options stand on either side of the verb."""

import pytest

from sxyd_pipeline.cli.faults import UnknownChoiceError
from sxyd_pipeline.cli.settings import Settings, take_settings


@pytest.mark.parametrize(
    "arguments",
    [
        ["--lang", "en", "--json", "check", "321100"],
        ["check", "--lang=en", "321100", "--json"],
        ["check", "321100", "--json", "--lang", "en"],
    ],
)
def test_language_and_json_are_taken_wherever_they_stand(arguments: list[str]) -> None:
    settings, rest = take_settings(arguments)
    assert settings == Settings(language="en", as_json=True)
    assert rest == ["check", "321100"]


def test_chinese_text_without_tracebacks_is_the_default() -> None:
    assert take_settings(["run", "321100"]) == (Settings("zh", as_json=False, debug=False), ["run", "321100"])


def test_what_follows_two_dashes_is_left_alone() -> None:
    assert take_settings(["sql", "--", "--json"]) == (Settings(), ["sql", "--", "--json"])


@pytest.mark.parametrize("arguments", [["--lang", "de"], ["--lang"], ["--lang="]])
def test_an_unknown_language_is_refused_with_the_known_ones(arguments: list[str]) -> None:
    with pytest.raises(UnknownChoiceError, match="zh, en"):
        take_settings(arguments)
