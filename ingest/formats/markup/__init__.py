"""Formats that are trees of elements: HTML, XML, EPUB."""
