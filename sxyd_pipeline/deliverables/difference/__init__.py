"""``sxyd diff``: what changed between two releases, in the words of the people who use them."""
