"""The best span of a forward pass, with logits by hand on a real passage and tokenizer."""

from __future__ import annotations

import numpy as np
import pytest

from rag.adapters.onnx import reader as onnx_reader
from rag.adapters.onnx.session import open_tokenizer
from rag.reading.context import reader_context
from rag.reading.span_selection import ForwardPass, context_spans
from rag.types import Candidate
from tests.samples import candidate, document, find, mention

TEXT = "Ropes were pulled until 1920. She says clubs entered in 1904, and won."
TOKENIZER = open_tokenizer(onnx_reader._FOLDER / "tokenizer.json")


def candidates() -> list[Candidate]:
    """As it stands, and with its pronoun resolved, which shifts the offsets in the context."""
    named = document(f"Ann Lee of Northfield wrote a history. {TEXT}")
    return [
        candidate(document(TEXT)),
        candidate(named, mentions=(mention(named, find(named.text, "She"), "Ann Lee"),)),
    ]


def best(read: Candidate, starts: dict[str, float], ends: dict[str, float]) -> str:
    context = reader_context(read)
    window = TOKENIZER.encode("When?", context.text)
    start, end = np.zeros(len(window.ids)), np.zeros(len(window.ids))
    for logits, by_word in ((start, starts), (end, ends)):
        for word, logit in by_word.items():
            logits[window.char_to_token(context.text.index(word), 1)] = logit
    scored = context_spans(ForwardPass(context, window, start, end), read.passage)[0]
    return context.text[scored.start : scored.end]


@pytest.mark.parametrize("read", candidates(), ids=["plain", "resolved"])
def test_a_span_that_crosses_a_sentences_end_needs_a_clearly_higher_score(read: Candidate) -> None:
    """An end logit that is 1.5 higher in the next sentence isn't enough, 2.5 is."""
    start = {"1920": 8.0}
    assert best(read, start, {"1920": 5.0, "1904": 6.5}) == "1920"
    assert best(read, start, {"1920": 5.0, "1904": 7.5}).startswith("1920. ")
    assert best(read, {"clubs": 8.0}, {"clubs": 5.0, "1904": 6.5}) == "clubs entered in 1904"
