"""Words of the field and frozen values; imports nothing but errors."""
