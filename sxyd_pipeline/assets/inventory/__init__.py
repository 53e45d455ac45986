"""Group ``inventory``: pollutants and greenhouse gases per source."""
