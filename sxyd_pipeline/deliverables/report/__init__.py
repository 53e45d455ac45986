"""The report (研究报告) and the case text (案例文本): words from templates, numbers from queries."""
