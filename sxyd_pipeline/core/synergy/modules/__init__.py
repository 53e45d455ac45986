"""Optional modules: non-CO2 gases, wastewater, carbon of ecological space, blue carbon, siting."""
