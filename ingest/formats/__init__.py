"""File formats: bytes to documents. ``registry`` names the formats, ``reading`` reads a file."""

from ingest.formats.reading import read, read_split
from ingest.formats.recognition.fingerprint import recognition_fingerprint
from ingest.formats.registry import VERSION, is_supported, parse, supported
from ingest.formats.sniff import HEAD_BYTES

__all__ = [
    "HEAD_BYTES",
    "VERSION",
    "is_supported",
    "parse",
    "read",
    "read_split",
    "recognition_fingerprint",
    "supported",
]
