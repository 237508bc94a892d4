"""PDF: characters to text runs, rows, tables, blocks and reading order."""
