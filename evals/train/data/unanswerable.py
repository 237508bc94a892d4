"""Questions beside texts that don't answer them, made to look as if they did.

After Rajpurkar et al. 2018 (SQuAD 2.0), who had people write such questions. Each maker gives an
example, or None where the row doesn't lend itself to one: another text that shares the question's
words; the text without its answering sentence; the question with a name, a year, a number or a
direction exchanged; a plain question on a matter that the text is silent about.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from evals.train.data.examples import Example, Row, sentence_spans, window
from evals.train.data.hard_negatives import NearIndex
from evals.train.data.lexical_overlap import OverlapIndex, content_words, holds
from rag.types import Span

_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w.'-]*\w(?: (?:of |the |de )?[A-Z][\w.'-]*\w)*")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})*\b(?!\w)")
_PAIRS = (
    "first last,largest smallest,before after,north south,east west,northern southern,eastern western,"
    "most least,highest lowest,oldest youngest,longest shortest,increase decrease,increased decreased,"
    "won lost,male female,men women,best worst,early late,began ended,start end,more fewer,inside outside,"
    "public private,maximum minimum,buy sell,bought sold,husband wife,father mother,son daughter,"
    "brother sister,largest second-largest,always never,cause prevent,allowed forbidden,rich poor,upper lower"
)
_OPPOSITES = {a: b for pair in _PAIRS.split(",") for a, b in (pair.split(), pair.split()[::-1])}
_CANDIDATES = 12
_TRIES = 12

# A question about any name, and what a text must not have for it to stay unanswered.
_ABOUT = tuple(
    (template, re.compile(guard, re.IGNORECASE))
    for template, guard in (
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


def elsewhere(
    row: Row, index: OverlapIndex | NearIndex, titles: Mapping[str, str], rng: random.Random
) -> Example | None:
    """The question beside a close text of its pool that lacks the answer and one telling word.

    ``titles`` are those of the texts, where they have one: a word there isn't missing. A question whose words
    are all there might be answered there after all ("What does the writer like?").
    """
    words = content_words(row.question)
    rarest = index.rarest(words)
    if not rarest or not row.answer:
        return None
    close = [
        text
        for text in index.closest(row.question, _CANDIDATES)
        if text != row.context and not holds(text, row.answer_text)
    ]
    for text in _leading(close, rng):
        best = max(sentence_spans(text), key=lambda s: len(words & content_words(text[s.start : s.end])))
        cut = window(text, best, rng)
        shown = text[cut.start : cut.end]
        title = titles.get(text, "")
        missing = words - content_words(f"{title} {shown}")
        if missing and (row.pool == "wiki" or rarest in missing):
            return Example(question=row.question, context=shown, span=None, kind="elsewhere", title=title)
    return None


def _leading(texts: Sequence[str], rng: random.Random) -> list[str]:
    """The texts in an order that favours the first but not always."""
    keys = {text: rng.expovariate(1.0) * (rank + 1) for rank, text in enumerate(texts)}
    return sorted(texts, key=keys.__getitem__)


def removed(row: Row, rng: random.Random) -> Example | None:
    """The window without the sentences that hold the answer."""
    assert row.answer is not None  # noqa: S101 (callers choose answered rows)
    cut = window(row.context, row.answer, rng, (70, 170))
    inside = [s for s in sentence_spans(row.context) if s.start >= cut.start and s.end <= cut.end]
    left = [
        row.context[s.start : s.end] for s in inside if s.end <= row.answer.start or s.start >= row.answer.end
    ]
    context = " ".join(left)
    told = holds(f"{row.title}\n{context}", row.answer_text)
    if len(left) == len(inside) or context.count(" ") < 25 or told:
        return None
    return Example(question=row.question, context=context, span=None, kind="removed", title=row.title)


def exchanged(row: Row, names: Sequence[str], rng: random.Random) -> Example | None:
    """The question with one thing exchanged that the text speaks of, for one that it doesn't."""
    assert row.answer is not None  # noqa: S101 (callers choose answered rows)
    cut = window(row.context, row.answer, rng)
    context = row.context[cut.start : cut.end]
    for old, new in _exchanges(row.question, names, rng):
        told = content_words(f"{row.title} {context}")
        if holds(context, old) and not content_words(new) & told and new != old:
            question = re.sub(rf"\b{re.escape(old)}\b", new.replace("\\", ""), row.question, count=1)
            if question != row.question:
                return Example(
                    question=question, context=context, span=None, kind="exchanged", title=row.title
                )
    return None


def _exchanges(question: str, names: Sequence[str], rng: random.Random) -> list[tuple[str, str]]:
    """What could be exchanged, for what, in random order."""
    found = [(name, rng.choice(names)) for name in _NAME.findall(question) for _ in range(_TRIES) if names]
    years = _YEAR.findall(question)
    found += [(y, str(int(y) + rng.choice((-1, 1)) * rng.randint(1, 40))) for y in years for _ in range(4)]
    numbers = [n for n in _NUMBER.findall(question) if n not in years]
    found += [(n, str(rng.randint(2, 99))) for n in numbers for _ in range(4)]
    words = question.lower().split()
    found += [(word, _OPPOSITES[word]) for word in words if word in _OPPOSITES for _ in range(_TRIES)]
    rng.shuffle(found)
    return found


def silent(row: Row, rng: random.Random) -> Example | None:
    """A plain question about a name in the text, on a matter no word of the text touches."""
    keep = row.answer or Span(0, 1)
    cut = window(row.context, keep, rng)
    context = row.context[cut.start : cut.end]
    names = [name for name in names_in(context) if len(name) > 3]
    template, guard = rng.choice(_ABOUT)
    if not names or guard.search(context):
        return None
    question = template.format(rng.choice(names))
    return Example(question=question, context=context, span=None, kind="silent", title=row.title)


def names_in(text: str) -> list[str]:
    """Capitalised runs that don't open a sentence, most frequent first."""
    return [name for name, _ in Counter(_NAME.findall(text)).most_common()]
