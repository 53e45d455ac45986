"""Builds the example city 321100 and synthetic packages of any size; one generator for all of them."""
