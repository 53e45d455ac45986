"""Access list: clauses as data. Parse, inherit, generate, check, compare."""
