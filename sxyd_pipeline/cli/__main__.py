"""``python -m sxyd_pipeline.cli`` is ``sxyd``."""

from sxyd_pipeline.cli.main import main

main()
