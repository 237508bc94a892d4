"""Chroma as the dense index, embedded or as a server."""
