"""PDF: characters to lines, blocks, tables and reading order."""
