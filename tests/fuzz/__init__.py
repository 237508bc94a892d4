"""Fuzz targets: every file format, and the bodies of HTTP requests. ``make fuzz`` runs them for any time."""
