"""Erasure: no answer comes from an erased document, and no file of the data folder holds its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.wiring import ingest
from rag.erase import MAX_SEARCHED_SENTENCES, OriginalFate, erase
from rag.errors import UnknownDocument
from rag.ports.feedback import Feedback
from rag.ports.question_log import LoggedQuestion
from rag.settings import OriginalSettings, Settings
from rag.types import Abstention, Answer, Question
from rag.wiring import Service, open_service

SHARED = "Every ferry carries a lamp at its bow."
GONE = f"The harbour master of Vardø is Ingrid Sørensen. She “never” sleeps before the last boat. {SHARED}"
STAYS = f"The bakery on the quay opens at five. {SHARED}"
QUESTION = Question(text="Who is the harbour master of Vardø?")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Two documents with a sentence in common, and feedback on an answer from each."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "gone.md").write_text(GONE, "utf-8")
    (folder / "stays.md").write_text(STAYS, "utf-8")
    with open_service(Settings(data=tmp_path / "data")) as service:
        ingest(service, [folder])
        for uri, answer in (("gone.md", "Ingrid Sørensen"), ("stays.md", "five")):
            service.feedback.put(_feedback(_id(service, uri), answer))
        yield service


def _id(service: Service, uri: str) -> str:
    [record] = [record for record in service.catalog.list() if record.uri.endswith(uri)]
    return record.id


def _feedback(document_id: str, answer: str) -> Feedback:
    places = ((document_id, "v", 0, 5),)
    return Feedback(
        answer_id=answer, collection="default", question="?", answer=answer, helpful=True, citations=places
    )


def test_an_erased_document_leaves_no_trace(service: Service) -> None:
    """Its text is gone from the disk; a sentence that another document has as well is no trace."""
    outcome = service.engine.ask(QUESTION)
    assert isinstance(outcome, Answer)
    assert outcome.text == "Ingrid Sørensen"
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


def test_the_file_that_a_document_was_read_from_is_erased(service: Service) -> None:
    """The receipt counts it; that of another document stays."""
    gone, stays = _id(service, "gone.md"), _id(service, "stays.md")
    kept = service.catalog.original(gone)
    assert kept is not None
    assert service.original_files is not None
    assert service.original_files.read(kept.sha256) == GONE.encode()
    receipt = erase(service, [gone])
    assert (receipt.originals, receipt.original_bytes) == (1, len(GONE.encode()))
    assert receipt.documents[0].original is OriginalFate.ERASED
    assert service.original_files.read(kept.sha256) is None
    other = service.catalog.original(stays)
    assert other is not None
    assert service.original_files.read(other.sha256) == STAYS.encode()


def test_a_file_of_two_documents_stays_until_both_are_erased(service: Service, tmp_path: Path) -> None:
    """Documents of the same bytes share one file; the receipt says so."""
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "copy.md").write_text(GONE, "utf-8")
    ingest(service, [folder])
    first, second = _id(service, "gone.md"), _id(service, "copy.md")
    kept = service.catalog.original(first)
    assert kept is not None
    assert service.original_files is not None
    receipt = erase(service, [first])
    assert (receipt.originals, receipt.documents[0].original) == (0, OriginalFate.SHARED)
    assert service.original_files.read(kept.sha256) == GONE.encode()
    receipt = erase(service, [second])
    assert (receipt.originals, receipt.documents[0].original) == (1, OriginalFate.ERASED)
    assert service.original_files.read(kept.sha256) is None


def test_without_the_setting_no_file_is_kept(service: Service, tmp_path: Path) -> None:
    """Those kept earlier are removed at the next start; documents stay, and erasure says there was none."""
    service.close()
    settings = Settings(data=service.settings.data, originals=OriginalSettings(keep=False))
    with open_service(settings) as off:
        assert list((settings.data / "originals").iterdir()) == []
        (tmp_path / "more.md").write_text("The kiosk opens at six.", "utf-8")
        ingest(off, [tmp_path / "more.md"])
        document_id = _id(off, "more.md")
        assert off.catalog.original(document_id) is None
        assert list((settings.data / "originals").iterdir()) == []
        receipt = erase(off, [document_id])
        assert (receipt.originals, receipt.documents[0].original) == (0, OriginalFate.NONE)


def test_files_that_still_hold_the_text_are_listed(service: Service) -> None:
    """With the number of sentences: a copy in the data folder, as text or as JSON escapes it."""
    data = service.settings.data
    (data / "backup").mkdir()
    (data / "backup" / "old.txt").write_text(f"...{GONE}...", "utf-8")
    (data / "log.json").write_text(r'{"said": "The harbour master of Vard\u00f8 is Ingrid S\u00f8rensen."}')
    receipt = erase(service, [_id(service, "gone.md")])
    assert not receipt.clean
    assert receipt.traces == (("backup/old.txt", 2), ("log.json", 1))


def test_logged_questions_with_its_passages_are_erased(service: Service) -> None:
    """For they may quote it; others stay, and so does none of their bytes."""
    for uri, question in (("gone.md", f"Is it true? {GONE}"), ("stays.md", "When does it open?")):
        service.question_log.put(
            LoggedQuestion(
                id=uri, collection="default", question=question, outcome="not_confident", confidence=0.1,
                passages=((_id(service, uri), "v", 0, 5),),
            )
        )  # fmt: skip
    receipt = erase(service, [_id(service, "gone.md")])
    assert (receipt.questions, receipt.clean) == (1, True)
    assert [entry.id for entry in service.question_log.list()] == ["stays.md"]


def test_an_unknown_document_stops_the_erasure(service: Service) -> None:
    """Nothing is removed."""
    with pytest.raises(UnknownDocument):
        erase(service, [_id(service, "gone.md"), "doc_nowhere"])
    assert service.catalog.count() == 2
    assert len(service.feedback.list()) == 2


def test_without_documents_the_space_of_earlier_removals_is_freed(service: Service) -> None:
    """The text of a document that was only removed is gone from the files."""
    service.library.remove("default", _id(service, "gone.md"))
    receipt = erase(service, [])
    assert receipt.clean
    assert receipt.documents == ()
    assert not any(b"never" in path.read_bytes() for path in _files(service.settings.data))


def test_what_was_set_aside_is_removed_as_well(service: Service) -> None:
    """Damaged files hold the text that they held before."""
    data = service.settings.data
    (data / "terms.damaged").mkdir()
    (data / "terms.damaged" / "segment.store").write_bytes(b"Ingrid")
    (data / "jobs.sqlite3.damaged").write_bytes(b"Ingrid")
    erase(service, [])
    assert list(data.glob("*.damaged")) == []


def test_a_sample_of_a_long_documents_sentences_is_searched_for(service: Service, tmp_path: Path) -> None:
    """Evenly spread; the receipt has both numbers."""
    book = tmp_path / "book.md"
    book.write_text(
        " ".join(f"Chapter number {n} is told by nobody." for n in range(MAX_SEARCHED_SENTENCES + 50)),
        "utf-8",
    )
    ingest(service, [book])
    (service.settings.data / "last.txt").write_text("Chapter number 148 is told by nobody.")
    receipt = erase(service, [_id(service, "book.md")])
    [document] = receipt.documents
    assert (document.sentences, document.sought) == (MAX_SEARCHED_SENTENCES + 50, MAX_SEARCHED_SENTENCES)
    assert receipt.traces == (("last.txt", 1),)


def _files(folder: Path) -> list[Path]:
    """Every file but the reserved space, in which nothing is stored."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "reserve"]
