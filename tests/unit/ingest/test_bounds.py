"""What one document may cost is bounded: a refusal names the limit, and no passage or quote is long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from ingest.cancellation import Cancellation, Cancelled
from ingest.formats.limits import Limits
from ingest.formats.outline import Heading, outline
from ingest.formats.sandbox import processes as sandbox
from ingest.prepare import Preparer
from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.errors import DocumentTooLarge
from rag.ports.catalog import Change
from rag.reading.context import reader_context
from rag.types import Candidate, Document, Passage, Scores, Span
from rag.wire.convert import passage_citation

LONG = "word. " * 20_000  # more than is read in this process
OF_MANY_PARTS = {
    "a.csv": "a,b\n" + "1,2\n" * 60,
    "a.md": "- item\n" * 60,
    "a.txt": "A line that ends here.\n\n" * 60,
    "a.html": "<p>text" * 60,
    "a.json": "[" + ",".join('{"a": "text"}' for _ in range(60)) + "]",
    "a.eml": "Subject: s\n\n" + "A line that ends here.\n\n" * 60,
}


def preparer(**limits: int) -> Preparer:
    return Preparer(splitter=PassageSplitter(), resolver=PronounResolver(), limits=Limits(**limits))


def prepare(text: str, name: str = "a.txt", **limits: int) -> Change:
    return preparer(**limits).prepare(text.encode(), name, uri=name)


@pytest.mark.parametrize("name", OF_MANY_PARTS)
def test_too_many_blocks_are_refused(name: str) -> None:
    """In every format, read in this process or in a worker; as many as the limit are not."""
    with pytest.raises(DocumentTooLarge, match="more than 50 headings, paragraphs, items and rows"):
        prepare(OF_MANY_PARTS[name], name, blocks=50)
    assert prepare(OF_MANY_PARTS[name], name, blocks=500).passages


@pytest.mark.parametrize("text", ["Some words. " * 60, LONG], ids=["here", "in a worker"])
def test_too_many_sentences_are_refused(text: str) -> None:
    """The message names the limit."""
    with pytest.raises(DocumentTooLarge, match="more than 50 sentences and rows; that is the limit"):
        prepare(text, sentences=50)


def test_a_worker_makes_the_same_change_as_this_process() -> None:
    """The passages with their sentences, context spans and mentions, for text on both sides of the limit."""
    items = "".join(f"- item {n} of the list\n" for n in range(100))
    text = f"# Ann Lee\n\nAnn Lee sang. She left:\n\n{items}\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    rules = preparer()
    here = rules.prepare(text.encode(), "a.md", uri="a")
    far = rules.prepare((text + "\n" * 40_000).encode(), "a.md", uri="a")
    assert any(passage.mentions for passage in here.passages)
    assert any(passage.context_spans for passage in here.passages)
    assert (far.document, far.passages) == (here.document, here.passages)


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 50_000 + "b ends. And so on.",
        "One ends." + "\n" * 50_000 + "Two ends.",
        "x" * 50_000,
        "- " + "word " * 10_000 + "\n- next",
        ("line\n" + " " * 200) * 400,
    ],
    ids=["spaces in a sentence", "empty lines", "one word", "a long item", "wide margins"],
)
def test_no_passage_is_long(text: str) -> None:
    """Whatever its white space, its quote has at most 20,000 characters."""
    change = prepare(text)
    lengths = [
        len(passage_citation(Candidate(passage=p, document=change.document, scores=Scores(fused=1))).quote)
        for p in change.passages
    ]
    assert max(lengths) <= 20_000
    assert sum(lengths) >= len("".join(text.split())) * 0.9


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "word " * 4_000 + "as follows:\n\n" + "- item\n" * 300),
        ("a.md", "# " + "word " * 4_000 + "\n\n" + "Text here.\n\n" * 300),
        ("a.csv", ",".join(f"column{i}" for i in range(2_000)) + "\n" + f"1{',' * 1_999}\n" * 20),
    ],
    ids=["lead-in", "heading", "header"],
)
def test_a_long_context_is_not_repeated_with_each_passage(name: str, text: str) -> None:
    """What a reader gets of a passage stays short, and so does each section's path."""
    change = prepare(text, name)
    for passage in change.passages:
        candidate = Candidate(passage=passage, document=change.document, scores=Scores(fused=1))
        assert len(reader_context(candidate, headings=True).text) <= 20_000
    assert all(len(heading) <= 300 for section in change.document.sections for heading in section.path)
    assert len(change.document.title) <= 300


def test_deep_paths_of_long_headings_are_refused() -> None:
    """Each section would repeat all headings above it."""
    above = [Heading(span=Span(n, n + 1), text="x" * 1_000, level=n) for n in range(5)]
    below = [Heading(span=Span(n, n + 1), text="y", level=5) for n in range(5, 40_000)]
    assert len(outline(above + below[:1_000], 50_000, "")) == 1_005
    with pytest.raises(DocumentTooLarge, match="nest too deep"):
        outline(above + below, 50_000, "")


class Sleeper:
    """A splitter that never ends; its worker must be killed."""

    fingerprint = "sleeper"

    def split(self, document: Document) -> Iterator[Passage]:
        while True:
            time.sleep(3600)
        yield


class Registering(Cancellation):
    """Tells when work has begun that can be cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()

    def calling(self, callback):  # type: ignore[no-untyped-def]
        entered: AbstractContextManager[None] = super().calling(callback)
        self.began.set()
        return entered


def test_work_in_a_worker_stops_when_it_is_cancelled() -> None:
    """At once, and the next document is read by another worker."""
    cancellation, errors = Registering(), []

    def work() -> None:
        try:
            Preparer(splitter=Sleeper()).prepare(LONG.encode(), "a.txt", uri="a", cancellation=cancellation)
        except Cancelled as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert cancellation.began.wait(60)
    cancellation.set()
    thread.join(60)
    assert not thread.is_alive()
    assert len(errors) == 1
    assert prepare(LONG).passages
    sandbox.close()


def test_work_that_was_cancelled_before_does_not_begin() -> None:
    """Neither does a second call change that."""
    cancellation = Cancellation()
    cancellation.set()
    cancellation.set()
    with pytest.raises(Cancelled):
        preparer().prepare(LONG.encode(), "a.txt", uri="a", cancellation=cancellation)
    sandbox.close()
