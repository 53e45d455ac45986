"""Which methods belong to which optional module of ``city.toml``.

Tables say so themselves (:attr:`Table.module`); methods are rows of one reference file.
"""

from collections.abc import Callable

METHODS_OF_MODULES: dict[str, tuple[str, ...]] = {
    "non_co2": ("non_co2_account",),
    "water": ("wastewater_synergy",),
    "ecology": ("carbon_stock", "carbon_transition", "carbon_flux_nep", "siting_rules"),
    "coastal": ("blue_carbon_burial",),
}


def methods_off(has_module: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the methods of all modules that are off.

    Args:
        has_module: tells whether a module is on (``CityConfig.has_module``).
    """
    return tuple(
        method
        for module, methods in METHODS_OF_MODULES.items()
        if not has_module(module)
        for method in methods
    )
