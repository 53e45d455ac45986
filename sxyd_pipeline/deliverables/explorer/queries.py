"""Questions the page offers to begin with; they stand in ``page/queries.toml``."""

import tomllib
from importlib.resources import files

from sxyd_pipeline.deliverables.edition import Edition


def example_queries(edition: Edition) -> list[dict[str, str]]:
    """Return title and text of the examples whose tables the edition has."""
    listed = tomllib.loads(files(__package__).joinpath("page", "queries.toml").read_text(encoding="utf-8"))
    return [
        {"zh": one["zh"], "en": one["en"], "query": one["query"]}
        for one in listed["example"]
        if all(edition.has(name) for name in one["needs"])
    ]
