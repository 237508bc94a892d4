"""Formats that are text: plain, Markdown, AsciiDoc, CSV, JSON, captions, RTF."""
