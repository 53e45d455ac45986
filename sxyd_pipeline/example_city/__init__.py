"""Builds the example city and synthetic packages of any size."""
