"""Report, atlas, charts, result data and explorer: templates and writers, no science."""
