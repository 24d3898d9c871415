"""The report: one self-contained HTML page of statements, verdicts, charts, tables and notes."""
