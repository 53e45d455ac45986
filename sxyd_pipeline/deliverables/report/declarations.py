"""What the TOML files of the report declare."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of the text that stands for a finding.

    Attributes:
        headline_id: name in templates.
        zh: Chinese name.
        en: English name.
        kind: how it is written.
        sql: query with named values.
        species: species whose sources and factors stand behind it, if one does.
    """

    headline_id: str
    zh: str
    en: str
    kind: str
    sql: str
    species: str = ""


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Return one TOML file of the report."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def headlines() -> Mapping[str, Headline]:
    """Return all headline numbers by id; entries with ``each`` are written out."""
    return {
        one.headline_id: one for entry in read_toml("headlines.toml")["headline"] for one in _expanded(entry)
    }


def _expanded(entry: Mapping[str, Any]) -> Iterator[Headline]:
    if "each" not in entry:
        yield Headline(
            entry["id"], entry["zh"], entry["en"], entry["kind"], entry["sql"], entry.get("species", "")
        )
        return
    for place, item in enumerate(entry["each"]):
        spelled = entry["ids"][place] if "ids" in entry else item
        yield Headline(
            entry["id"].replace("{each}", spelled),
            entry["names_zh"][place],
            entry["names_en"][place],
            entry["kind"],
            entry["sql"].replace("{each}", item),
            entry.get("species", "").replace("{each}", item),
        )
