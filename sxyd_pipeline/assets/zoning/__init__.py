"""Group ``zoning``: layers, control units and the bridge."""
