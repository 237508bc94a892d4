"""Which span of one forward pass is the best: logits by hand, on a real passage and tokenizer."""

from __future__ import annotations

import numpy as np
import pytest

from rag.adapters.onnx import span_reader
from rag.adapters.onnx.session import open_tokenizer
from rag.reading.context import reader_context
from rag.reading.span_selection import ForwardPass, context_spans
from rag.types import Candidate
from tests.samples import candidate, document, find, mention

TEXT = "Ropes were pulled until 1920. She says clubs entered in 1904, and won."
TOKENIZER = open_tokenizer(span_reader._FOLDER / "tokenizer.json")


def told() -> list[Candidate]:
    """As it stands, and with a name before it for its pronoun: places in the view are others then."""
    named = document(f"Ann Lee of Northfield wrote a history. {TEXT}")
    return [
        candidate(document(TEXT)),
        candidate(named, mentions=(mention(named, find(named.text, "She"), "Ann Lee"),)),
    ]


def best(given: Candidate, starts: dict[str, float], ends: dict[str, float]) -> str:
    view = reader_context(given)
    window = TOKENIZER.encode("When?", view.text)
    start, end = np.zeros(len(window.ids)), np.zeros(len(window.ids))
    for logits, wanted in ((start, starts), (end, ends)):
        for word, logit in wanted.items():
            logits[window.char_to_token(view.text.index(word), 1)] = logit
    scored = context_spans(ForwardPass(view, window, start, end), given.passage)[0]
    return view.text[scored.start : scored.end]


@pytest.mark.parametrize("given", told(), ids=["plain", "named"])
def test_a_span_that_runs_into_another_sentence_has_to_be_better(given: Candidate) -> None:
    """By more than rounding: an end a little likelier in the next sentence isn't the answer's."""
    start = {"1920": 8.0}
    assert best(given, start, {"1920": 5.0, "1904": 6.5}) == "1920"
    assert best(given, start, {"1920": 5.0, "1904": 7.5}).startswith("1920. ")
    assert best(given, {"clubs": 8.0}, {"clubs": 5.0, "1904": 6.5}) == "clubs entered in 1904"
