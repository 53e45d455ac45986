"""Projections: levers and scenarios, paths over the years, and where emissions go."""
