"""Explorer: one offline page with map, tables, cards, project check and SQL on the release."""
