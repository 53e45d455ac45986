"""Gates: contracts, invariants and plausibility, judged before a result is stored."""
