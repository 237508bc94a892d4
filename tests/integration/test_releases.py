"""A data folder of each earlier release opens in this one, and answers."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from rag.backup.make import make_backup
from rag.backup.restore import restore
from rag.erase import erase
from rag.settings import Settings
from rag.types import Answer, Question
from rag.wiring import Service, open_service
from tests.releases.make import DOCUMENTS, FEEDBACK_ID, FOLDER, QUESTION_ID

RELEASES = sorted(path.name.removesuffix(".tar.xz") for path in FOLDER.glob("*.tar.xz"))
QUESTION = Question(text="Who is the harbour master of Vardø?")


def unpack(release: str, data: Path) -> None:
    with tarfile.open(FOLDER / f"{release}.tar.xz") as archive:
        archive.extractall(data, filter="data")


def check_answers(service: Service) -> None:
    """With an exact citation; indexes and catalog agree, and nothing beside them was lost."""
    outcome = service.engine.ask(QUESTION)
    assert isinstance(outcome, Answer)
    assert outcome.text == "Ingrid Sørensen"
    for citation in outcome.citations:
        text = service.catalog.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    assert service.library.check() == []
    assert [entry.answer_id for entry in service.feedback.list()] == [FEEDBACK_ID]
    assert [entry.id for entry in service.question_log.list()] == [QUESTION_ID]
    assert len(service.jobs.list()) == 1
    assert service.original_files is not None
    kept = {service.original_files.read(sha256) for sha256 in service.catalog.originals()}
    assert kept == {text.encode() for text in DOCUMENTS.values()}


@pytest.mark.parametrize("release", RELEASES)
def test_a_data_folder_of_an_earlier_release_answers(release: str, tmp_path: Path) -> None:
    """Backed up as it is, then brought to this release's formats; the backup is restored, and forgets."""
    settings = Settings(data=tmp_path / "data")
    unpack(release, settings.data)
    backup = make_backup(settings, tmp_path / "backups")
    with open_service(settings) as service:
        assert service.notes == ()
        check_answers(service)
    restored = settings.model_copy(update={"data": tmp_path / "restored"})
    assert restore(restored, backup).documents == len(DOCUMENTS)
    with open_service(restored) as service:
        check_answers(service)
        beside = make_backup(restored, tmp_path / "more")  # while it is open
        [harbour] = [r.id for r in service.catalog.list() if r.uri.endswith("harbour.md")]
        receipt = erase(service, [harbour])
        assert receipt.clean, receipt.traces
        assert receipt.backups == (str(beside),)
        assert (receipt.feedback, receipt.questions) == (1, 1)
