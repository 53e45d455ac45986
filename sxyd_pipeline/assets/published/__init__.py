"""Group ``published``: the release."""
