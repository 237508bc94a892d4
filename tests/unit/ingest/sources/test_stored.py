"""The file of stored sources: whole or not at all, by several processes at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.sources.contract import SourceUnavailable
from ingest.sources.interval import interval_of, interval_text
from ingest.sources.stored import LastSync, Outcome, StoredSource, StoredSources, Wanted
from rag.errors import StorageError
from tests.require import ROOT

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOURLY = StoredSource(name="wiki", place="confluence:HR", every=timedelta(hours=1), next_at=AT)


@pytest.fixture
def store(tmp_path: Path) -> StoredSources:
    return StoredSources(tmp_path / "data" / "sources.json")


def test_what_is_stored_is_read_again(store: StoredSources) -> None:
    """All of it, in the order of the names; for the owner's eyes alone."""
    assert store.list() == []
    last = LastSync(started_at=AT, ended_at=AT, outcome=Outcome.DONE, counts={"added": 3}, error="é")
    folder = StoredSource(
        name="notes", place="/srv/notes", collection="team", revision="v1", include=("*.md",),
        exclude=("x/",), depth=2, wanted=Wanted.SYNC, last=last,
    )  # fmt: skip
    store.add(HOURLY)
    store.add(folder)
    assert store.list() == [folder, HOURLY]
    assert store.get("notes") == folder
    path = next(store._path.parent.glob("*.json"))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_is_taken_once(store: StoredSources) -> None:
    """And what isn't there can't be removed or read; a change of it is none."""
    store.add(HOURLY)
    with pytest.raises(SourceUnavailable, match="already"):
        store.add(replace(HOURLY, place="s3://b/"))
    store.remove("wiki")
    for act in (store.remove, store.get):
        with pytest.raises(SourceUnavailable, match="no source 'wiki'"):
            act("wiki")
    store.change("wiki", lambda source: source)
    assert store.list() == []


@pytest.mark.parametrize("text", ["", "{", '{"format": 1, "sources": [{"name": 1}]}', '{"format": 9}'])
def test_a_file_that_cannot_be_read_is_kept(store: StoredSources, text: str) -> None:
    """Nothing overwrites it."""
    store.add(HOURLY)
    store._path.write_text(text)
    with pytest.raises(StorageError, match=r"damaged|later release"):
        store.add(replace(HOURLY, name="other"))
    assert store._path.read_text() == text


def test_a_failed_write_leaves_what_was(store: StoredSources, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk."""
    store.add(HOURLY)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StorageError, match="No space left"):
        store.add(replace(HOURLY, name="other"))
    assert store.list() == [HOURLY]


def test_processes_lose_none_of_each_other_s_changes(store: StoredSources) -> None:
    """Two that add twenty sources each."""
    program = (
        "import sys; from pathlib import Path; from ingest.sources.stored import *\n"
        "store = StoredSources(Path(sys.argv[1]))\n"
        "for n in range(20): store.add(StoredSource(name=f'{sys.argv[2]}{n}', place='x'))"
    )
    command = [sys.executable, "-c", program, str(store._path)]
    running = [subprocess.Popen([*command, letter], cwd=ROOT) for letter in "ab"]
    assert [process.wait(120) for process in running] == [0, 0]
    assert len(store.list()) == 40


def test_when_a_source_is_due() -> None:
    """At its time, or when it is asked for; a sync that crashes isn't tried again before its next time."""
    assert [HOURLY.is_due(AT + timedelta(seconds=n)) for n in (-1, 0, 1)] == [False, True, True]
    assert not replace(HOURLY, every=None, next_at=None).is_due(AT)
    assert replace(HOURLY, every=None, next_at=None, wanted=Wanted.SYNC).is_due(AT)
    begun = replace(HOURLY, wanted=Wanted.SYNC).begun(AT)
    assert (begun.next_at, begun.wanted) == (AT + timedelta(hours=1), None)
    assert replace(HOURLY, wanted=Wanted.REMOVE).begun(AT).wanted is Wanted.REMOVE


@pytest.mark.parametrize(("text", "shown"), [("15m", "15m"), ("120m", "2h"), ("24h", "1d"), ("366d", "366d")])
def test_intervals_are_read_and_shown(text: str, shown: str) -> None:
    """In the largest unit."""
    assert interval_text(interval_of(text)) == shown


@pytest.mark.parametrize("text", ["", "0m", "15", "1w", "-1h", "1.5h", "367d", "99999d", "15m\n"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    """Nor is a longer one than a year."""
    with pytest.raises(ValueError, match="no interval"):
        interval_of(text)
