"""Group ``access``: the access list as data."""
