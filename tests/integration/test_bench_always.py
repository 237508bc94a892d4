"""The benchmark's engine that answers every question, over a real index and real models."""

from __future__ import annotations

from pathlib import Path

from evals.bench.always_answering import always_figures
from evals.datasets.published import CorpusDocument, Query
from evals.run.indexing import write_documents
from rag.settings import Settings
from rag.wiring import open_service

DOCUMENTS = (
    CorpusDocument(
        id="rink", title="", text="The Stannus Street Rink in Windsor was built in 1897 by local farmers."
    ),
    CorpusDocument(
        id="hall", title="", text="The town hall of Windsor has a blue roof and a very old clock."
    ),
)
BUILT = Query(id="b", text="When was the rink in Windsor built?", answers=("1897",), relevant=("rink",))


def test_answers_are_measured_with_and_without_their_document(tmp_path: Path) -> None:
    """Right and cited from the document, and with less confidence without it."""
    with open_service(Settings(data=tmp_path)) as service:
        write_documents(service, (document.document() for document in DOCUMENTS))
        figures = {f.name: f.value for f in always_figures(service, [BUILT], lambda *_: None)}
    assert figures == {
        "F1": 1.0,
        "exact match": 1.0,
        "recall@1 after reading": 1.0,
        "AUROC, relevant documents there or taken away": 1.0,
    }
