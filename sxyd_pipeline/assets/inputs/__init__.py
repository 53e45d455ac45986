"""Group ``inputs``: the city package, standardised."""
