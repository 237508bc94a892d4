"""A collection's name as the name of a folder or table: any text to safe characters and back."""

from __future__ import annotations

from base64 import b32decode, b32encode

_PREFIX = "c-"


def folder_name(collection: str) -> str:
    """Lower-case letters, digits and ``-``; the same for the same name, different for others.

    >>> folder_name("default")
    'c-mrswmylvnr2a'
    """
    return _PREFIX + b32encode(collection.encode()).decode().rstrip("=").lower()


def name_of(folder: str) -> str | None:
    """The collection's name; None for a folder that ``folder_name`` didn't name.

    >>> name_of("c-mrswmylvnr2a")
    'default'
    """
    code = folder.removeprefix(_PREFIX).upper()
    try:
        name = b32decode(code + "=" * (-len(code) % 8)).decode()
    except ValueError:
        return None
    return name if folder == folder_name(name) else None
