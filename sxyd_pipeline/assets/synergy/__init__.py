"""Group ``synergy``: where and with what measures pollution and carbon fall together."""
