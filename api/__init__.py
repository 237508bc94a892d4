"""The faces: HTTP, command line, pages."""
