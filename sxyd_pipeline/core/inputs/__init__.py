"""Standardise a city package: decode, map, parse, convert, set aside."""
