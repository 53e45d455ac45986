"""Typesetting: one tree of blocks, two writers (Word and PDF), the same text and numbers in both."""
