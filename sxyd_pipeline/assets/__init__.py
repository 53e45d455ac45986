"""The graph: one thin function per table, one subpackage per group."""
