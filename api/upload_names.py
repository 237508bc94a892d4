"""The uris of an upload's files: their paths below ``uploads/``, different files of one path told apart."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

UPLOADS = "uploads/"
_MAX_PARTS = 32  # folders of a path and its file's name


def relative_path(file_name: str) -> str:
    """A file name with its folders, as browsers send them, without ``..`` and control characters.

    >>> relative_path("../2026/./rules.md"), relative_path("/etc/motd"), relative_path("..")
    ('2026/rules.md', 'etc/motd', 'unnamed')

    Raises:
        ValueError: more than 32 folders.
    """
    parts = file_name.replace("\\", "/").split("/")
    clean = ("".join(c for c in part if c.isprintable()).strip() for part in parts)
    kept = [part for part in clean if part not in ("", ".", "..")]
    if len(kept) > _MAX_PARTS:
        raise ValueError(f"a path of {len(kept)} folders; at most {_MAX_PARTS} are taken")
    return "/".join(kept) or "unnamed"


def distinct_uris(files: Iterable[tuple[str, bytes]]) -> list[str]:
    """A uri for each file of one upload, in order; different files of one path get different ones.

    The first file of a path has the path as its uri, so that a later upload of it replaces that document.
    Each further one with other bytes has its number behind the path: a file's own name can't end so and be
    of a format that is read, so that no other upload is replaced. The same bytes again are the same document.

    Args:
        files: the path (``relative_path``) and the bytes of each.

    >>> distinct_uris([("rules.md", b"a"), ("rules.md", b"b"), ("rules.md", b"a"), ("old/rules.md", b"b")])
    ['uploads/rules.md', 'uploads/rules.md (2)', 'uploads/rules.md', 'uploads/old/rules.md']
    """
    seen: dict[str, dict[bytes, str]] = {}
    uris = []
    for path, data in files:
        of_path = seen.setdefault(path, {})
        number = len(of_path) + 1
        name = path if number == 1 else f"{path} ({number})"
        uris.append(of_path.setdefault(sha256(data).digest(), f"{UPLOADS}{name}"))
    return uris
