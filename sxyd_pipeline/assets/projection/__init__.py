"""Group ``projection``: scenarios, caps and gaps, peaks, and how sure they are."""
