"""Metadata values as text, in the one form that documents store and filters compare."""

from __future__ import annotations

import json


def metadata_text(value: object) -> str:
    """A metadata value as text: strings as they are, lists and dictionaries as JSON, the rest by ``str``.

    What UTF-8 can't hold (lone surrogates) becomes "?".

    >>> metadata_text(3), metadata_text(["a", 1])
    ('3', '["a", 1]')
    """
    if isinstance(value, list | tuple | dict):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text.encode("utf-8", "replace").decode("utf-8")
