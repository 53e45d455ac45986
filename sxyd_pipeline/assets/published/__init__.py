"""Group ``published``: edition, deliverables, release."""
