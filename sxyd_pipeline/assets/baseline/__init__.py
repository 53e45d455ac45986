"""Group ``baseline``: accounts of districts, zones and control units."""
