"""Indexes of other models answer while they are made anew in the background."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

import pytest

from rag.errors import IndexMismatch
from rag.settings import LimitSettings, Settings
from rag.types import Answer, Question
from rag.wiring import Service, open_service
from tests.releases.make import FOLDER
from tests.samples import document, passage

QUESTION = Question(text="Who is the harbour master of Vardø?")
SECONDS = 120.0


def answer(service: Service) -> str | None:
    outcome = service.engine.ask(QUESTION)
    return outcome.text if isinstance(outcome, Answer) else None


@pytest.mark.parametrize(
    "made_with",
    ["{model}:{weights}:int8:0 sentences.2+context", "gone-model:0123456789ab:int8:0 sentences.2+context"],
    ids=["the same weights", "a model that is gone"],
)
def test_the_old_indexes_answer_until_there_are_new_ones(made_with: str, tmp_path: Path) -> None:
    """By their model, or by words alone where it is gone. A document written meanwhile is in the new ones."""
    settings = Settings(data=tmp_path / "data", limits=LimitSettings(seconds=1))
    with tarfile.open(FOLDER / "0.1.0.tar.xz") as archive:
        archive.extractall(settings.data, filter="data")
    with open_service(settings) as service:
        model, weights, *_ = service.embedder.fingerprint.split(":")
        fingerprint = service.library.fingerprint
        service.catalog.set_fingerprint(made_with.format(model=model, weights=weights))
    with pytest.raises(IndexMismatch):
        open_service(settings)
    with open_service(settings, renew=True) as service:
        assert service.index_states() == {"chroma": "ready", "terms": "ready"}
        service.check_ready()
        assert answer(service) == "Ingrid Sørensen"
        ferry = document("The ferry leaves at nine.", id="ferry")
        service.library.replace(ferry, (passage(ferry),))
        until = time.monotonic() + SECONDS
        while service.notes:
            assert time.monotonic() < until, service.notes
            assert answer(service) == "Ingrid Sørensen"
        assert service.catalog.fingerprint() == fingerprint
        assert answer(service) == "Ingrid Sørensen"
        assert service.library.check() == []
        assert service.dense.count("default") > 2
        while (settings.data / "chroma").exists():
            assert time.monotonic() < until
            time.sleep(0.1)
        assert service.index_states() == {"chroma": "ready", "terms": "ready"}
        assert answer(service) == "Ingrid Sørensen"
    with open_service(settings) as service:
        assert answer(service) == "Ingrid Sørensen"
        assert service.library.check() == []
    assert not list(settings.data.glob("chroma-*"))
