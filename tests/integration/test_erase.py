"""Documents forgotten for good: nothing of them answers, and no file of the data folder holds a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.wiring import ingest
from rag.erase import SOUGHT, erase
from rag.errors import UnknownDocument
from rag.ports.feedback import Feedback
from rag.settings import Settings
from rag.types import Abstention, Answer, Question
from rag.wiring import Service, open_service

SHARED = "Every ferry carries a lamp at its bow."
GONE = f"The harbour master of Vardø is Ingrid Sørensen. She “never” sleeps before the last boat. {SHARED}"
STAYS = f"The bakery on the quay opens at five. {SHARED}"
QUESTION = Question(text="Who is the harbour master of Vardø?")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Two documents with a sentence in common, and a verdict on an answer from each."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "gone.md").write_text(GONE, "utf-8")
    (folder / "stays.md").write_text(STAYS, "utf-8")
    with open_service(Settings(data=tmp_path / "data")) as service:
        ingest(service, [folder])
        for uri, answer in (("gone.md", "Ingrid Sørensen"), ("stays.md", "five")):
            service.feedback.put(_verdict(_id(service, uri), answer))
        yield service


def _id(service: Service, uri: str) -> str:
    [record] = [record for record in service.catalog.list() if record.uri.endswith(uri)]
    return record.id


def _verdict(document_id: str, answer: str) -> Feedback:
    places = ((document_id, "v", 0, 5),)
    return Feedback(
        answer_id=answer, collection="default", question="?", answer=answer, helpful=True, citations=places
    )


def test_a_forgotten_document_leaves_no_trace(service: Service) -> None:
    """It was on the disk, and isn't any more; what another document says as well is no trace."""
    before = service.engine.ask(QUESTION)
    assert isinstance(before, Answer)
    assert before.text == "Ingrid Sørensen"
    data = service.settings.data
    assert any("Ingrid Sørensen".encode() in path.read_bytes() for path in _files(data))
    receipt = erase(service, [_id(service, "gone.md")])
    assert receipt.clean, receipt.traces
    assert (receipt.documents[0].sentences, receipt.documents[0].sought, receipt.feedback) == (3, 3, 1)
    assert receipt.files == len(_files(data))
    assert not any(b"Ingrid" in path.read_bytes() for path in _files(data))
    assert isinstance(service.engine.ask(QUESTION), Abstention)
    assert [f.answer for f in service.feedback.list()] == ["five"]
    assert isinstance(service.engine.ask(Question(text="When does the bakery open?")), Answer)


def test_what_is_left_is_named(service: Service) -> None:
    """A copy that somebody laid into the folder, as text or as JSON escapes it."""
    data = service.settings.data
    (data / "backup").mkdir()
    (data / "backup" / "old.txt").write_text(f"...{GONE}...", "utf-8")
    (data / "log.json").write_text(r'{"said": "The harbour master of Vard\u00f8 is Ingrid S\u00f8rensen."}')
    receipt = erase(service, [_id(service, "gone.md")])
    assert not receipt.clean
    assert receipt.traces == (("backup/old.txt", 2), ("log.json", 1))


def test_one_unknown_document_stops_all(service: Service) -> None:
    """Nothing is removed then."""
    with pytest.raises(UnknownDocument):
        erase(service, [_id(service, "gone.md"), "doc_nowhere"])
    assert service.catalog.count() == 2
    assert len(service.feedback.list()) == 2


def test_without_a_document_the_disk_is_given_back(service: Service) -> None:
    """What was removed the quick way before is gone from the files then."""
    service.library.remove("default", _id(service, "gone.md"))
    receipt = erase(service, [])
    assert receipt.clean
    assert receipt.documents == ()
    assert not any(b"never" in path.read_bytes() for path in _files(service.settings.data))


def test_of_a_long_document_sentences_from_all_over_are_sought(service: Service, tmp_path: Path) -> None:
    """The receipt tells how many of how many."""
    book = tmp_path / "book.md"
    book.write_text(" ".join(f"Chapter number {n} is told by nobody." for n in range(SOUGHT + 50)), "utf-8")
    ingest(service, [book])
    (service.settings.data / "last.txt").write_text("Chapter number 148 is told by nobody.")
    receipt = erase(service, [_id(service, "book.md")])
    [erased] = receipt.documents
    assert (erased.sentences, erased.sought) == (SOUGHT + 50, SOUGHT)
    assert receipt.traces == (("last.txt", 1),)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
