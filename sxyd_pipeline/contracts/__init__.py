"""What each persisted table promises; schema, gates, dictionary and COMMENTs follow from it."""
