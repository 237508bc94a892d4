"""What the reader learns from: exact windows, negatives without answers, an order that comes again."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.train.data.examples import Example, Row, positive, read_rows, sentence_spans, squad_rows, window
from evals.train.data.hard_negatives import NearIndex
from evals.train.data.lexical_overlap import OverlapIndex, holds
from evals.train.data.mixture import SHARES, Mixer, dress, hold_out, passes, typed
from evals.train.data.unanswerable import elsewhere, exchanged, removed, silent
from rag.types import Span

TEXT = (
    "The Stannus Street Rink in Windsor was built in 1897. It may be the oldest still in existence. "
    "The Aberdeen Pavilion in Ottawa was used for ice hockey in 1904. Its roof was renewed by Marie Curie "
    "after a storm had torn away the northern half of it one night. Few people came to the opening. "
    "The rink is no longer used for hockey, and the town keeps salt and sand for the winter in it."
)
OTHER = (
    "The Aberdeen Arena was used for curling. Its ice was made by a machine that a farmer sold to the club. "
    "Visitors liked the wide benches and the warm soup that was served to them in the breaks between games."
)


def row(question: str, answer: str, text: str = TEXT) -> Row:
    start = text.index(answer)
    return Row(
        pool="wiki", article="a", question=question, context=text, answer=Span(start, start + len(answer))
    )


BUILT = row("When was the Stannus Street Rink in Windsor built?", "1897")
USED = row("When was the Aberdeen Pavilion used for ice hockey?", "1904")


@pytest.mark.parametrize("seed", range(20))
def test_a_windows_offsets_are_exact(seed: int) -> None:
    """The answer's slice of the window is the answer, wherever the window begins."""
    example = positive(USED, random.Random(seed))
    assert example.span is not None
    assert example.context[example.span.start : example.span.end] == "1904"
    assert example.context in TEXT


@pytest.mark.parametrize("seed", range(20))
def test_a_window_is_whole_sentences_within_its_words(seed: int) -> None:
    """A window starts and ends with sentences, and has no more words than were asked for."""
    assert USED.answer is not None
    cut = window(TEXT, USED.answer, random.Random(seed), (20, 40))
    assert cut.start in {s.start for s in sentence_spans(TEXT)}
    assert cut.end in {s.end for s in sentence_spans(TEXT)}
    assert len(TEXT[cut.start : cut.end].split()) <= 40


def test_windows_differ_from_seed_to_seed() -> None:
    """One question is seen in several windows."""
    assert len({positive(USED, random.Random(seed)).context for seed in range(20)}) > 3


def test_an_answer_over_two_sentences_is_kept_whole() -> None:
    """A span that crosses a sentence end widens its window instead of being cut."""
    crossing = row("What is said of it?", "1897. It may be the oldest")
    example = positive(crossing, random.Random(1))
    assert example.span is not None
    assert example.context[example.span.start : example.span.end] == crossing.answer_text


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("It was in 1897.", "1897", True),
        ("It was in 18971.", "1897", False),
        ("the ‘Cold-Ice’ age", "cold ice", True),
        ("a scold ice", "cold ice", False),
    ],
)
def test_holding_an_answer_is_by_whole_words(text: str, answer: str, found: bool) -> None:
    """Case and punctuation don't hide an answer; a longer word isn't one."""
    assert holds(text, answer) is found


def test_the_closest_text_shares_the_rarest_words() -> None:
    """Texts come by shared rare words, the best first, those that share nothing not at all."""
    index = OverlapIndex.of(
        ["The roof was blue.", OTHER, "The Aberdeen Pavilion was blue.", "Salt and sand."]
    )
    assert index.closest("Who built the Aberdeen Pavilion?", 4) == ["The Aberdeen Pavilion was blue.", OTHER]


@pytest.mark.parametrize("seed", range(10))
def test_a_text_from_elsewhere_never_holds_the_answer(seed: int) -> None:
    """Of two close texts the one that has the answer isn't taken for a negative."""
    index = OverlapIndex.of([TEXT, OTHER, "The Aberdeen Pavilion was used for ice hockey until 1904."])
    example = elsewhere(USED, index, {OTHER: "Aberdeen"}, random.Random(seed))
    assert example is not None
    assert example.title == "Aberdeen"
    assert example.span is None
    assert not holds(example.context, "1904")
    assert example.context in OTHER


def test_a_word_in_the_title_isnt_missing() -> None:
    """A text that has all of a question's words, its title's among them, may answer it."""
    asked = row("When were ice and curling at the Aberdeen Pavilion?", "1904")
    index = OverlapIndex.of([TEXT, OTHER])
    assert elsewhere(asked, index, {}, random.Random(7)) is not None
    assert elsewhere(asked, index, {OTHER: "The Pavilion"}, random.Random(7)) is None


@pytest.mark.parametrize("seed", range(10))
def test_the_removed_sentence_takes_the_answer_with_it(seed: int) -> None:
    """What is left of the text has other whole sentences, and not the answer."""
    example = removed(BUILT, random.Random(seed))
    assert example is not None
    assert not holds(example.context, "1897")
    assert "the oldest still in existence" in example.context


def test_a_text_that_repeats_its_answer_gives_no_removed_example() -> None:
    """Taking out one of two sentences with the answer would leave the question answered."""
    twice = TEXT + " Everybody agrees on the year 1897."
    assert removed(row("When was it built?", "1897", twice), random.Random(1)) is None


@pytest.mark.parametrize("seed", range(10))
def test_an_exchanged_name_is_not_in_the_text(seed: int) -> None:
    """The question's name gives way to one that the text doesn't have, word for word."""
    example = exchanged(BUILT, ["Niagara Falls", "Marie Curie", "Windsor"], random.Random(seed))
    assert example is not None
    assert example.span is None
    assert "Niagara Falls" in example.question


def test_without_another_name_nothing_is_exchanged() -> None:
    """A question whose name can only be exchanged for one of the text's own gives no example."""
    assert exchanged(BUILT, ["Windsor"], random.Random(1)) is None


def test_a_silent_question_is_about_a_name_of_the_text_on_another_matter() -> None:
    """A text with a year isn't asked when somebody founded something; a phone number it never has."""
    found = [example for seed in range(200) if (example := silent(USED, random.Random(seed)))]
    assert any("phone number" in example.question for example in found)
    dated = [example for example in found if "1904" in example.context]
    assert dated
    assert not any(example.question.startswith("When") and "founded" in example.question for example in dated)


@pytest.mark.parametrize("title", ["", "Ice rinks"])
@pytest.mark.parametrize("seed", range(30))
def test_a_title_moves_the_answer_along(seed: int, title: str) -> None:
    """With or without a title before the text, the span is the answer."""
    example = dress(positive(replace(USED, title=title), random.Random(seed)), random.Random(seed))
    assert example.span is not None
    assert example.context[example.span.start : example.span.end] == "1904"


def test_a_known_title_is_shown_half_of_the_time_a_made_up_one_seldom() -> None:
    """Now and then with a heading; the service shows none."""
    shown = [
        dress(positive(replace(USED, title="Rinks"), rng), rng).context
        for rng in map(random.Random, range(99))
    ]
    titled = [text for text in shown if text.startswith(("Rinks: ", "Rinks. "))]
    assert 33 < len(titled) < 66
    assert 0 < len([text for text in titled if text.startswith("Rinks. ")]) < 30
    bare = [dress(positive(USED, rng), rng).context for rng in map(random.Random, range(99))]
    assert 0 < len([text for text in bare if text not in TEXT]) < 40


def rows() -> dict[str, list[Row]]:
    numbered = [
        row(f"What is number {n} of the Aberdeen Pavilion?", "1904", TEXT + f" Its number is {n}.")
        for n in range(30)
    ]
    return {"new_wiki": numbered}


def test_the_same_seed_draws_the_same_examples() -> None:
    """Two mixers with one seed agree to the last example; another seed doesn't."""
    drawn = [Mixer(rows(), seed=seed).stream("span:new_wiki") for seed in (7, 7, 8)]
    first, again, other = (list(islice(stream, 90)) for stream in drawn)
    assert first == again
    assert first != other


def test_a_source_that_gives_no_example_is_refused() -> None:
    """A share whose rows yield nothing ends with a plain message instead of a search without end."""
    with pytest.raises(ValueError, match="no rows for 'asked:new_wiki'"):
        next(Mixer(rows(), seed=7).stream("asked:new_wiki"))


class _Meaning:
    """An embedder that knows one thing: what speaks of ice hockey or of curling is alike."""

    fingerprint, dimensions = "meaning", 2

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        on_ice = [any(word in text for word in ("hockey", "curling", "skate")) for text in texts]
        return np.array([[1.0, 0.0] if ice else [0.0, 1.0] for ice in on_ice], dtype=np.float32)


def test_texts_near_in_meaning_are_found_without_a_shared_word() -> None:
    """By meaning and by words, each rank counting: first what both find, then what one of them does."""
    texts = ["Salt and sand.", "A farmer's skate.", OTHER, "The Aberdeen museum has sand."]
    near = NearIndex(OverlapIndex.of(texts), _Meaning())
    found = near.closest("Who played hockey at the Aberdeen?", 3)
    assert found[0] == OTHER
    assert "A farmer's skate." in found


def test_near_negatives_come_from_what_the_retriever_ranks_high() -> None:
    """And like those by words they lack the answer; without an embedder they can't be had."""
    members = {"new_wiki": [*rows()["new_wiki"], row("Who sold the machine?", "a farmer", OTHER)]}
    drawn = islice(Mixer(members, seed=7, embedder=_Meaning()).stream("near:new_wiki"), 20)
    for example in drawn:
        assert example.span is None
        assert not holds(example.context, "a farmer" if "machine" in example.question else "1904")
    with pytest.raises(ValueError, match="embedder"):
        next(Mixer(members, seed=7).stream("near:new_wiki"))


def test_near_misses_beside_are_of_the_questions_own_article() -> None:
    """However close a text of another article is, under another title it is no near miss."""
    own = row("When did the Aberdeen Pavilion open?", "1904", TEXT)
    members = [
        own,
        replace(own, question="Who sold the machine?", context=OTHER, answer=Span(0, 3)),
        replace(own, article="elsewhere", context="The Aberdeen Pavilion opened to visitors, they say."),
    ]
    stream = Mixer({"squad": members}, seed=7).stream("beside:squad")
    found = [example for example in islice(stream, 20) if example.question == own.question]
    assert found
    assert all(example.span is None and example.context in OTHER for example in found)


def test_held_out_articles_are_whole() -> None:
    """No article is both learnt from and watched."""
    members = [
        Row(pool="wiki", article=f"new_wiki:{n % 40}", question="Q?", context=TEXT, answer=Span(0, 3))
        for n in range(200)
    ]
    learn, watch = hold_out({"new_wiki": members})
    assert {r.article for r in learn["new_wiki"]}.isdisjoint({r.article for r in watch["new_wiki"]})
    assert len(learn["new_wiki"]) + len(watch["new_wiki"]) == 200
    assert watch["new_wiki"]


def test_a_paired_sentence_can_be_told_from_its_neighbours(tmp_path: Path) -> None:
    """In lower case no rule finds where a sentence ends: windows are still short, and it can be taken out."""
    said = [
        f"sentence number {n} is about the {n}th of the towers that stood along the old road ."
        for n in range(30)
    ]
    for name in ("spans", "squad2", "policyqa"):
        gzip.open(tmp_path / f"{name}.jsonl.gz", "wt").close()
    with gzip.open(tmp_path / "sentence-pairs.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps({"question": "which tower ?", "sentence": line}) + "\n" for line in said)
    rows = read_rows(tmp_path)["pairs"]
    assert len(rows) == 30
    rng = random.Random(7)
    for row, line in zip(rows, said, strict=True):
        assert row.answer_text == line.replace(" .", ".")
        assert positive(row, rng).context.count(" ") < 131
        rest = removed(row, rng)
        assert rest
        assert row.answer_text not in rest.context


def test_every_row_of_the_training_files_slices_to_its_answer(shared: Path) -> None:
    """Offsets of all four files are right: the slice is the answer the file names."""
    found = read_rows(shared / "data" / "train")
    sources = {share.split(":")[1] for share in SHARES if not share.startswith("mined")}
    assert sources <= found.keys()
    for members in found.values():
        assert all(r.answer is None or r.answer_text.strip() for r in members)
    assert any(r.answer is None for r in found["squad2"])


def test_a_typed_question_keeps_what_it_asks_about() -> None:
    """Key words keep every name and number; a slip changes one word by a letter; most stay as they are."""
    question = "What is the population of Lakeview in 2020?"
    made = [typed(question, random.Random(seed)) for seed in range(400)]
    assert "population Lakeview 2020" in {text.removeprefix("What ") for text in made}
    assert sum(text == question for text in made) > 250
    slips = [t for t in made if t.split()[:1] == ["What"] and len(t.split()) == 8 and t not in (question,)]
    assert slips
    talk = [text for text in made if question in text and text != question]
    assert 10 < len(talk) < 60
    for text in slips:
        changed = [
            a for a, b in zip(text.split(), question.split(), strict=True) if a.rstrip("?") != b.rstrip("?")
        ]
        assert len(changed) <= 1
    assert all("2020" in text for text in made)


def test_a_later_pass_has_every_example_again() -> None:
    """The first pass keeps their order; each later one has all of them once, in another."""
    drawn = [Example(question=str(n), context="x", span=None, kind="one") for n in range(8)]
    seen = [example.question for example in passes(drawn, 20, seed=3)]
    assert seen[:8] == [str(n) for n in range(8)]
    assert sorted(seen[8:16]) == seen[:8] != seen[8:16]
    assert len(seen) == 20
    assert seen == [example.question for example in passes(drawn, 20, seed=3)]
    assert passes([], 20, seed=3) == []


def test_squad_rows_slice_to_their_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question with its first answer, the articles numbered, so that whole ones can be held out."""
    asked = {"question": " Who wrote it? ", "answers": [{"text": "Ada", "answer_start": 0}] * 2}
    article = {
        "title": "Ada_%C3%A9_Co",
        "paragraphs": [{"context": "Ada wrote the first program.", "qas": [asked]}],
    }
    path = tmp_path / "train-v1.1.json"
    path.write_text(json.dumps({"data": [article, article]}), encoding="utf-8")
    monkeypatch.setattr(
        "evals.train.data.examples.SQUAD_SHA256", hashlib.sha256(path.read_bytes()).hexdigest()
    )
    found = squad_rows(path)
    assert [(r.question, r.answer_text, r.article, r.title) for r in found] == [
        ("Who wrote it?", "Ada", "squad:0", "Ada é Co"),
        ("Who wrote it?", "Ada", "squad:1", "Ada é Co"),
    ]


def test_another_file_than_squads_training_set_is_refused(tmp_path: Path) -> None:
    """Its development set is what is measured with: it must never be learnt from."""
    path = tmp_path / "dev-v1.1.json"
    path.write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"is not SQuAD 1\.1's training set"):
        squad_rows(path)
