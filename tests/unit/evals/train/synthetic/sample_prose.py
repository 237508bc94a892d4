"""Twelve questions about two texts of one article, each answered by its own sentence."""

from __future__ import annotations

from dataclasses import replace

from evals.train.data.questions import AnnotatedQuestion
from tests.unit.evals.train.data.sample_questions import annotated

_TEXTS = (
    "The rink was built in 1897. It was the largest of the town. Later it was closed to visitors. Salt and "
    "sand are kept in it now. Nobody has asked for its keys. The roof was renewed by Marie Curie in 1904.",
    "The arena was used for curling. Its ice was made by a machine. Visitors liked the wide benches. The "
    "soup was served between the games. It was sold to a farmer. He paid for it with seven cows and a horse.",
)
_QUESTIONS = (
    ("When was it built?", "1897"),
    ("What was it of the town?", "the largest"),
    ("To whom was it closed?", "visitors"),
    ("What is kept there?", "Salt"),
    ("What has nobody asked for?", "its keys"),
    ("Who renewed the roof?", "Marie Curie"),
    ("What was played?", "curling"),
    ("What made the ice?", "a machine"),
    ("What did visitors like?", "the wide benches"),
    ("What was served?", "soup"),
    ("Who bought it?", "a farmer"),
    ("How many cows were paid?", "seven"),
)
QUESTIONS: list[AnnotatedQuestion] = [
    replace(annotated(question, answer, _TEXTS[number // 6]), title="Rink")
    for number, (question, answer) in enumerate(_QUESTIONS)
]
