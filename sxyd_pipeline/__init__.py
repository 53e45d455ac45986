"""三线一单减污降碳协同管控: zoning for pollution and carbon, as a data pipeline."""

__version__ = "0.1.0"
