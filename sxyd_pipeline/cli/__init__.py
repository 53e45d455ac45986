"""The command line ``sxyd``."""
