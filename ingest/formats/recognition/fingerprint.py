"""By what the scanned pages of a file are recognised, so that it is read again when that changes."""

from __future__ import annotations

from pathlib import PurePosixPath

from ingest.formats.limits import Recognition
from ingest.formats.pdf.picture_pages import EXTENSIONS
from ingest.formats.recognition import tesseract

_WITH_PAGES = frozenset(
    (".pdf", ".eml", ".mbox", ".mbx", ".zip", *EXTENSIONS)
)  # formats that hold pages, or files that do


def recognition_fingerprint(name: str, rules: Recognition) -> str:
    """The program with its version and languages, as "tesseract 5.3.0 eng"; empty where pages of a file of
    this name aren't recognised."""
    if PurePosixPath(name).suffix.lower() not in _WITH_PAGES or not rules.languages:
        return ""
    version = tesseract.version()
    return f"tesseract {version} {rules.languages}" if version else ""
