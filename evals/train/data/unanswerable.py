"""Unanswerable examples: questions beside texts that look as if they answered them, and don't.

After Rajpurkar et al. 2018 (SQuAD 2.0, arXiv:1806.03822), who had people write such questions. Each function
gives an example, or None where the question doesn't lend itself to one:

- ``hard_negative``: another text that shares the question's words;
- ``remove_answer``: the context without the sentences that hold the answer;
- ``substitute_entity``: a name, year, number or adjective of the question exchanged for another;
- ``ask_absent_attribute``: a question about a name in the context, on a matter the context doesn't touch.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from evals.train.data.examples import Example, ExampleKind, sample_window, sentence_spans
from evals.train.data.hard_negatives import HybridIndex
from evals.train.data.lexical_overlap import LexicalIndex, contains_answer, content_words
from evals.train.data.questions import AnnotatedQuestion
from rag.types import Span

_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w.'-]*\w(?: (?:of |the |de )?[A-Z][\w.'-]*\w)*")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})*\b(?!\w)")
_OPPOSITE_PAIRS = (
    "first last,largest smallest,before after,north south,east west,northern southern,eastern western,"
    "most least,highest lowest,oldest youngest,longest shortest,increase decrease,increased decreased,"
    "won lost,male female,men women,best worst,early late,began ended,start end,more fewer,inside outside,"
    "public private,maximum minimum,buy sell,bought sold,husband wife,father mother,son daughter,"
    "brother sister,largest second-largest,always never,cause prevent,allowed forbidden,rich poor,upper lower"
)
_OPPOSITES = {a: b for pair in _OPPOSITE_PAIRS.split(",") for a, b in (pair.split(), pair.split()[::-1])}
_CANDIDATES = 12  # texts retrieved for a question
_NAME_DRAWS = 12  # substitutes drawn for each name, and for each word with an opposite
_NUMBER_DRAWS = 4
_REMOVAL_WORDS = (70, 170)
_LEAST_SPACES = 25  # in what is left of a context after a removal

# A question about any name, and a pattern of texts that may answer it.
_ATTRIBUTE_QUESTIONS = tuple(
    (template, re.compile(pattern, re.IGNORECASE))
    for template, pattern in (
        ("How old is {}?", r"\bold\b|\bage[ds]?\b|born|\byears?\b|birth"),
        ("When was {} born?", r"born|birth|\(\d{4}"),
        ("Where was {} born?", r"born|birth|native|hometown|from"),
        ("Who is {} married to?", r"marri|wife|husband|spouse|wed"),
        ("When did {} die?", r"die[ds]?\b|death|dead|kill|\d{4}\s*[-–]\s*\d{4}"),
        ("How tall is {}?", r"tall|height|feet|foot|met(er|re)|\bcm\b"),
        ("How much does {} cost?", r"cost|price|\$|£|€|dollar|cheap|expens|paid|pay"),
        ("What is the phone number of {}?", r"phone|call|number|\d{3}-\d{4}"),
        ("When was {} founded?", r"found|establish|creat|start|began|since|\b1[0-9]{3}\b|\b20\d\d\b"),
        ("Who founded {}?", r"found|establish|creat|start"),
        ("What is the population of {}?", r"population|inhabitants|people|resident|million"),
        ("Where is {} located?", r"locat|\bin\b|\bat\b|near|north|south|east|west"),
        ("How many employees does {} have?", r"employ|staff|worker|people"),
        ("What is the email address of {}?", r"@|e-?mail|contact"),
        ("Who owns {}?", r"own|belong|acquir|bought|possess"),
        ("What language does {} speak?", r"language|speak|spoke|english|french|german|spanish"),
        ("How long did {} last?", r"last|long|hour|minute|day|week|month|year|until"),
        ("Why did {} resign?", r"resign|quit|step|left|leave"),
        ("What award did {} win?", r"award|prize|won|win|medal|honou?r"),
        ("What school did {} attend?", r"school|universit|college|educat|stud|graduat|attend|degree"),
    )
)


def hard_negative(
    question: AnnotatedQuestion,
    index: LexicalIndex | HybridIndex,
    titles: Mapping[str, str],
    rng: random.Random,
) -> Example | None:
    """The question beside a retrieved text that lacks the answer and one of the question's content words.

    Outside of Wikipedia it lacks the rarest of them: a question whose words are all in a text may be answered
    there after all ("What does the writer like?").

    Args:
        titles: of texts that have one; a word of a text's title is not missing.
    """
    words = content_words(question.question)
    rarest = index.rarest(words)
    if not rarest or not question.answer:
        return None
    candidates = [
        text
        for text in index.search(question.question, _CANDIDATES)
        if text != question.context and not contains_answer(text, question.answer_text)
    ]
    for text in _shuffle_by_rank(candidates, rng):
        closest = max(sentence_spans(text), key=lambda s: len(words & content_words(s.slice(text))))
        context = sample_window(text, closest, rng).slice(text)
        title = titles.get(text, "")
        missing = words - content_words(f"{title} {context}")
        if missing and (question.domain == "wiki" or rarest in missing):
            return Example(
                question=question.question,
                context=context,
                span=None,
                kind=ExampleKind.HARD_NEGATIVE,
                title=title,
            )
    return None


def _shuffle_by_rank(texts: Sequence[str], rng: random.Random) -> list[str]:
    """The texts in a random order that favours the first ranks."""
    keys = {text: rng.expovariate(1.0) * (rank + 1) for rank, text in enumerate(texts)}
    return sorted(texts, key=keys.__getitem__)


def remove_answer(question: AnnotatedQuestion, rng: random.Random) -> Example | None:
    """A window of the context without the sentences that hold the answer. The question has one."""
    assert question.answer is not None  # noqa: S101 (callers choose answered questions)
    answer = question.answer
    window = sample_window(question.context, answer, rng, _REMOVAL_WORDS)
    inside = [span for span in sentence_spans(question.context) if window.contains(span)]
    rest = [
        span.slice(question.context)
        for span in inside
        if span.end <= answer.start or span.start >= answer.end
    ]
    context = " ".join(rest)
    still_answered = contains_answer(f"{question.title}\n{context}", question.answer_text)
    if len(rest) == len(inside) or context.count(" ") < _LEAST_SPACES or still_answered:
        return None
    return Example(
        question=question.question,
        context=context,
        span=None,
        kind=ExampleKind.ANSWER_REMOVED,
        title=question.title,
    )


def substitute_entity(
    question: AnnotatedQuestion, names: Sequence[str], rng: random.Random
) -> Example | None:
    """The question with one thing that the context mentions exchanged for one that it doesn't.

    Args:
        names: what a name may be exchanged for.
    """
    assert question.answer is not None  # noqa: S101 (callers choose answered questions)
    context = sample_window(question.context, question.answer, rng).slice(question.context)
    for old, new in _substitutions(question.question, names, rng):
        known = content_words(f"{question.title} {context}")
        if contains_answer(context, old) and not content_words(new) & known and new != old:
            pattern = rf"\b{re.escape(old)}\b"
            text = re.sub(pattern, new.replace("\\", ""), question.question, count=1)
            if text != question.question:
                return Example(
                    question=text,
                    context=context,
                    span=None,
                    kind=ExampleKind.ENTITY_SUBSTITUTED,
                    title=question.title,
                )
    return None


def _substitutions(question: str, names: Sequence[str], rng: random.Random) -> list[tuple[str, str]]:
    """Pairs of a part of the question and its substitute, in random order."""
    pairs = [
        (name, rng.choice(names)) for name in _NAME.findall(question) for _ in range(_NAME_DRAWS) if names
    ]
    years = _YEAR.findall(question)
    pairs += [
        (year, str(int(year) + rng.choice((-1, 1)) * rng.randint(1, 40)))
        for year in years
        for _ in range(_NUMBER_DRAWS)
    ]
    numbers = [number for number in _NUMBER.findall(question) if number not in years]
    pairs += [(number, str(rng.randint(2, 99))) for number in numbers for _ in range(_NUMBER_DRAWS)]
    words = question.lower().split()
    pairs += [(word, _OPPOSITES[word]) for word in words if word in _OPPOSITES for _ in range(_NAME_DRAWS)]
    rng.shuffle(pairs)
    return pairs


def ask_absent_attribute(question: AnnotatedQuestion, rng: random.Random) -> Example | None:
    """A template question about a name in the context, on a matter that no word of the context touches."""
    window = sample_window(question.context, question.answer or Span(0, 1), rng)
    context = window.slice(question.context)
    names = [name for name in capitalized_names(context) if len(name) > 3]
    template, answering = rng.choice(_ATTRIBUTE_QUESTIONS)
    if not names or answering.search(context):
        return None
    return Example(
        question=template.format(rng.choice(names)),
        context=context,
        span=None,
        kind=ExampleKind.ATTRIBUTE_ABSENT,
        title=question.title,
    )


def capitalized_names(text: str) -> list[str]:
    """Runs of capitalised words that don't open a sentence, most frequent first."""
    return [name for name, _ in Counter(_NAME.findall(text)).most_common()]
