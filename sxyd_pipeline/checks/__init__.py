"""Gates: contracts, invariants and plausibility, judged before anything is stored."""
