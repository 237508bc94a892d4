"""Forward passes to a reading, with logits by hand on real passages and the tokenizer that ships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from rag.adapters.onnx import reader as onnx_reader
from rag.adapters.onnx.session import open_tokenizer
from rag.reading.context import reader_context
from rag.reading.evidence import to_reading
from rag.reading.span_selection import EvidenceLogits, ForwardPass
from rag.types import Candidate
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import HEADER, ROW, page, part_of, span

TEXT = "Ropes were pulled until 1920. Ann says clubs entered in 1904, and won."
TOKENIZER = open_tokenizer(onnx_reader._FOLDER / "tokenizer.json")


def forward(
    read: Candidate,
    support: Mapping[str, float],
    *,
    relevance: float = 0.0,
    polarity: tuple[float, float, float] = (0.0, 0.0, 0.0),
    end: int | None = None,
) -> ForwardPass:
    """A pass over a passage's context, or over its beginning up to ``end``.

    Args:
        support: by word, the logit of its token; all other tokens have 0, those of question and labels 50.
    """
    context = reader_context(read, headings=True)
    window = TOKENIZER.encode("When did it end?", context.text[:end])
    logits = np.array(
        [
            0.0 if kind == 1 and context.origin(a) is not None else 50.0
            for (a, _), kind in zip(window.offsets, window.sequence_ids, strict=True)
        ]
    )
    for word, logit in support.items():
        logits[window.char_to_token(context.text.index(word), 1)] = logit
    zeros = np.zeros(len(window.ids))
    return ForwardPass(context, window, zeros, zeros, EvidenceLogits(logits, relevance, np.array(polarity)))


def tokens(text: str) -> int:
    return len(TOKENIZER.encode(text, add_special_tokens=False).ids)


def support_of(read: Candidate, *passes: Any) -> list[float]:
    return list(to_reading(read, passes, []).support)


def test_a_sentences_support_is_the_mean_over_its_tokens() -> None:
    """Not over title, question and other sentences."""
    read = candidate(document(TEXT))
    first, second = (sentence.slice(TEXT) for sentence in read.passage.sentences)
    expected = [6.0 / tokens(first), -3.0 / tokens(second)]
    assert support_of(read, forward(read, {"1920": 6.0, "1904": -3.0})) == pytest.approx(expected)


def test_of_several_windows_the_highest_support_counts() -> None:
    """A sentence's own in each window; one that no window holds has -10."""
    read = candidate(document(TEXT))
    whole, other = forward(read, {"1920": 6.0}), forward(read, {"1904": 6.0})
    first, second = (tokens(sentence.slice(TEXT)) for sentence in read.passage.sentences)
    assert support_of(read, whole, other) == pytest.approx([6.0 / first, 6.0 / second])
    context = reader_context(read, headings=True)
    beginning = forward(read, {"1920": 6.0}, end=context.text.index("Ann"))
    assert support_of(read, beginning) == pytest.approx([6.0 / first, -10.0])
    assert support_of(read, beginning, other) == pytest.approx([6.0 / first, 6.0 / second])


def test_a_name_in_a_pronouns_place_counts_for_the_pronouns_sentence() -> None:
    """Its tokens are the antecedent's."""
    text = "Ann Lee wrote. She won."
    doc = document(text)
    read = candidate(doc, mentions=(mention(doc, find(text, "She"), "Ann Lee"),))
    made = forward(read, {"won": 5.0})
    assert support_of(read, made) == pytest.approx([0.0, 5.0 / tokens("Ann Lee won.")])


def test_a_rows_support_is_the_mean_from_its_first_cell_to_its_last() -> None:
    """The names of the columns between them are read too; that before the first cell is not counted."""
    doc = page((HEADER, "Room | Price"), (ROW, "Oak | 20"), (ROW, "Elm | 30"))
    read = part_of(doc, 1)
    passed = forward(read, {"Oak": 4.0})
    counted = tokens("Oak; Price: 20")
    labels = 50.0 * tokens("; Price:")
    assert support_of(read, passed) == pytest.approx([(4.0 + labels) / counted, labels / counted])


def test_relevance_is_the_highest_and_polarity_that_of_its_window() -> None:
    """A softmax over yes, no and neither."""
    read = candidate(document(TEXT))
    low = forward(read, {}, relevance=-1.0, polarity=(9.0, 0.0, 0.0))
    high = forward(read, {}, relevance=2.0, polarity=(0.0, np.log(3.0), 0.0))
    reading = to_reading(read, [low, high], [])
    assert reading.relevance == 2.0
    assert reading.polarity is not None
    polarity = (reading.polarity.yes, reading.polarity.no, reading.polarity.neither)
    assert polarity == pytest.approx((0.2, 0.6, 0.2))


def test_absurd_polarity_logits_are_no_overflow() -> None:
    """The probabilities still sum to 1."""
    read = candidate(document(TEXT))
    polarity = to_reading(read, [forward(read, {}, polarity=(1e4, -1e4, 0.0))], []).polarity
    assert polarity is not None
    assert (polarity.yes, polarity.no, polarity.neither) == (1.0, 0.0, 0.0)


def test_without_evidence_heads_the_margins_of_spans_stand_for_them() -> None:
    """Relevance is the best margin, support that of the best span in a sentence, else five logits less."""
    read = candidate(document(f"{TEXT} It rained."))
    spans = [span(read, "1904", 4.0), span(read, "clubs", 2.0), span(read, "1920", -1.0)]
    passed = forward(read, {})
    bare = ForwardPass(passed.context, passed.encoding, passed.start, passed.end)
    reading = to_reading(read, [bare], spans)
    assert reading.relevance == 4.0
    assert reading.support == (-1.0, 4.0, -1.0)
    assert reading.spans == tuple(spans)
    assert reading.polarity is None


def test_a_passage_that_can_not_be_encoded_is_not_relevant() -> None:
    """Without a pass or a span."""
    read = candidate(document(TEXT))
    reading = to_reading(read, [], [])
    assert (reading.relevance, reading.support) == (-10.0, (-15.0, -15.0))
    assert (reading.spans, reading.polarity) == ((), None)
