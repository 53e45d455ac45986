"""Readers of packages and reference data, the lake, and the published database."""
