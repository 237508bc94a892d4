"""Support: a sentence is dropped for a missing fact or for a low score."""

from __future__ import annotations

import pytest

from rag.errors import ModelError
from rag.grounding.features import FEATURES, coverage, features_of
from rag.grounding.model import SupportModel, packaged_model
from rag.grounding.support import check, without_marks

EVIDENCE = "Claims more than 60 days old are refused, since the client can no longer be billed."


def test_a_paraphrase_is_supported() -> None:
    """Nothing is missing, and the score is a probability over the threshold."""
    support = check("Claims older than 60 days are not accepted, as the client can't be billed.", [EVIDENCE])
    assert support.is_supported
    assert support.missing == ()
    assert packaged_model().threshold <= support.score <= 1


def test_a_missing_number_is_not_supported() -> None:
    """However high the score is."""
    support = check(
        "Claims more than 90 days old are refused, since the client can no longer be billed.", [EVIDENCE]
    )
    assert not support.is_supported
    assert support.missing == ("90",)


def test_another_statement_has_a_low_score() -> None:
    """Though it holds no fact that could be missing."""
    support = check("Flowers may be brought to the children's ward.", [EVIDENCE])
    assert (support.is_supported, support.missing) == (False, ())


def test_without_a_source_nothing_is_supported() -> None:
    """The score is 0."""
    support = check("Claims are refused.", [])
    assert (support.is_supported, support.score) == (False, 0.0)


def test_citation_marks_count_for_nothing() -> None:
    """Their numbers aren't facts; offsets stay."""
    marked = "Claims more than 60 days old are refused [3, 12]."
    assert check(marked, [EVIDENCE]).is_supported
    assert without_marks(marked) == "Claims more than 60 days old are refused        ."


def test_more_of_the_words_is_a_higher_score() -> None:
    """Of three sources, the one that says all of it, half of it, none of it."""
    sentence = "Report hidden damage within seven days with photographs."
    sources = [
        "Hidden damage must be reported within seven days with photographs.",
        "Hidden damage must be reported.",
        "The pool is open all winter.",
    ]
    scores = [check(sentence, [source]).score for source in sources]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_features_have_their_names_and_bounds() -> None:
    """Of a sentence beside itself all is covered; beside nothing, nothing."""
    sentence = "The display blinks twice when it is done."
    same = dict(zip(FEATURES, features_of(sentence, [sentence], (), ()), strict=True))
    none = dict(zip(FEATURES, features_of(sentence, ["Other words"], (), ()), strict=True))
    assert (same["coverage"], same["order"], same["uncovered"], same["longest_gap"]) == (1, 1, 0, 0)
    assert (none["coverage"], none["order"], none["longest_gap"]) == (0, 0, 1)
    assert coverage("of the", ["anything"]) == 1


def test_a_model_of_other_features_is_refused() -> None:
    """It would give wrong probabilities silently."""
    with pytest.raises(ModelError, match="fit it again"):
        SupportModel.load({"features": ["coverage"], "weight": [1.0]})


@pytest.mark.parametrize("sentence", ["Elephants", "Shipping", "Shoes."])
def test_a_single_word_that_no_text_has_is_not_supported(sentence: str) -> None:
    """Nor by its order: one word alone stands in order only where it stands."""
    cited = ["Airline tickets are purchased by the travel office, and the amount never appears on a card."]
    assert not check(sentence, cited).is_supported
    assert check("Tickets", cited).is_supported
