"""Drawing of maps and charts: theme, fonts, projection, classes, labels, sheet and its furniture."""
