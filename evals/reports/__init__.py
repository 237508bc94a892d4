"""A run for people and programs: terminal, JSON, JUnit XML, Markdown, and one HTML page."""
