"""Passages as token ids, with the tokenizer that ships."""

from __future__ import annotations

from dataclasses import replace

from evals.train.evidence.encoding import MAX_TOKENS, encode_passage, pad
from evals.train.model.batches import load_tokenizer
from tests.unit.evals.train.evidence.samples import BADGES, DAYS, LEAVE
from tests.unit.evals.train.model.tiny_model import READER

TOKENIZER = load_tokenizer(READER, MAX_TOKENS)


def words(ids: object) -> str:
    text: str = TOKENIZER.decode(list(ids), skip_special_tokens=False)  # type: ignore[call-overload]
    return text


def test_units_and_answers_are_their_tokens() -> None:
    """Each unit's tokens say its sentence, an answer's tokens the answer."""
    start = LEAVE.text.index("25 days")
    encoded = encode_passage(TOKENIZER, DAYS.question, replace(LEAVE, answers=((start, start + 7),)))
    texts = [words(encoded.ids[unit.first : unit.last]) for unit in encoded.units]
    assert texts == ["staff get 25 days off.", "ask your manager first."]
    assert [unit.supports for unit in encoded.units] == [True, False]
    assert [words(encoded.ids[first : last + 1]) for first, last in encoded.answers] == ["25 days"]


def test_what_lies_beyond_the_cut_is_left_out() -> None:
    """No unit or answer has tokens that the reader would not see."""
    long = "Heading\n" + "word " * 400 + "end."
    passage = replace(LEAVE, text=long, units=(replace(LEAVE.units[0], start=len(long) - 4, end=len(long)),))
    encoded = encode_passage(TOKENIZER, "q?", replace(passage, answers=((len(long) - 4, len(long) - 1),)))
    assert (len(encoded.ids), encoded.units, encoded.answers) == (MAX_TOKENS, (), ())


def test_padding_is_masked() -> None:
    """Rows are as long as the longest; a mask tells tokens from padding."""
    passages = [encode_passage(TOKENIZER, DAYS.question, p) for p in (LEAVE, BADGES)]
    inputs = pad(passages)
    assert inputs["input_ids"].shape == (2, len(passages[0].ids))
    assert inputs["attention_mask"].sum(1).tolist() == [len(p.ids) for p in passages]
