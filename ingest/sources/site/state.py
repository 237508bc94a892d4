"""What is kept of a site between runs: of each address its validators, its links, what it was.

It saves requests and nothing else: what is stored is in the catalog, and an entry counts only where the
stored document was read from the very bytes that the entry is of. So a lost, old or damaged state does no
harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.sources.site.fetcher import Validators

FOLDER = "sites"  # in the data folder
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A page as it was when it was last read whole.

    ``fingerprint`` is empty where the page is not to be a document (``index`` false, or no format that is
    read). ``size`` is that of its bytes; ``has_all_links``: none were left out to bound the state.
    """

    validators: Validators
    fingerprint: str = ""
    size: int = 0
    links: tuple[str, ...] = ()
    canonical: str | None = None
    index: bool = True
    has_all_links: bool = True


@dataclass(slots=True)
class State:
    """The pages of one site, by address."""

    pages: dict[str, Visited] = field(default_factory=dict)


def state_path(data: Path, collection: str, source: str) -> Path:
    """The file that a source's state is kept in."""
    name = sha256("\0".join((collection, source)).encode()).hexdigest()[:16]
    return data / FOLDER / f"{name}.json"


def load_state(path: Path) -> State:
    """The state that was saved; an empty one where there is none that can be read."""
    try:
        saved = json.loads(path.read_bytes())
        if saved["format"] != _FORMAT:
            return State()
        return State(dict(_entries(saved)))
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return State()


def save_state(path: Path, state: State) -> None:
    """Writes the state whole, or not at all; a full disk costs a few requests of the next run."""
    urls: dict[str, int] = {}
    pages = {
        url: [
            page.validators.etag,
            page.validators.modified,
            page.fingerprint,
            page.size,
            [urls.setdefault(link, len(urls)) for link in page.links],
            page.canonical,
            page.index,
            page.has_all_links,
        ]
        for url, page in state.pages.items()
    }
    saved = {"format": _FORMAT, "urls": list(urls), "pages": pages}
    temporary = path.with_suffix(".new")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(saved, file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def _entries(saved: dict[str, Any]) -> Iterator[tuple[str, Visited]]:
    urls = [str(url) for url in saved["urls"]]
    for url, (etag, modified, fingerprint, size, links, canonical, index, whole) in saved["pages"].items():
        yield (
            url,
            Visited(
                validators=Validators(etag=str(etag), modified=str(modified)),
                fingerprint=str(fingerprint),
                size=int(size),
                links=tuple(urls[int(number)] for number in links),
                canonical=None if canonical is None else str(canonical),
                index=bool(index),
                has_all_links=bool(whole),
            ),
        )
