"""Invented texts, as a team's policies, minutes, notices and articles tell things in prose.

The templates are in ``texts/``, and how they are written is said in its ``people.toml``. A text is some of
a template's statements, in one of their wordings, with what is drawn for their slots, written and shown as
``shown.py`` does it. A question asks for a slot; or for one whose statement was left out, for something the
text doesn't tell, or about another subject than the text's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evals.train.data.examples import Example
from evals.train.synthetic.records import parts, read_toml, value
from evals.train.synthetic.rendering import document_of, example_of
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.types import Span

_TEXTS = Path(__file__).with_name("templates")
_SLOT = re.compile(r"{(\w+)}")
# How many of the statements are left out, and the share of texts that have a second one of their kind.
_LEFT_OUT = 0.25
_TWICE = 0.3
_FORMS = ("paragraph", "paragraph", "paragraphs", "items", "steps")
Prose = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class Template:
    """``says`` are statements, each in its wordings; ``asks`` are a slot's questions, ``untold`` others.

    Slots stand in braces by their names; ``subject`` is the one that questions may name.
    """

    title: str
    subject: str
    says: tuple[tuple[str, ...], ...]
    slots: Mapping[str, str]
    asks: Mapping[str, tuple[str, ...]]
    untold: tuple[str, ...]

    def slots_of(self, statement: int) -> tuple[str, ...]:
        """The slots that a statement tells, the subject aside."""
        return tuple(name for name in _SLOT.findall(self.says[statement][0]) if name != self.subject)


@dataclass(frozen=True, slots=True)
class _Text:
    """A template's statements that are said, by their numbers, and what was drawn for its slots."""

    template: Template
    said: tuple[int, ...]
    drawn: Mapping[str, str]

    @property
    def subject(self) -> str:
        return self.drawn[self.template.subject]

    def told(self) -> list[str]:
        return [name for number in self.said for name in self.template.slots_of(number)]


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order of the files' names."""
    return tuple(
        Template(
            title=one["title"],
            subject=one["subject"],
            says=tuple(parts(wordings) for wordings in one["says"]),
            slots=one["slots"],
            asks={name: parts(asks) for name, asks in one["asks"].items()},
            untold=parts(one["untold"]),
        )
        for path in sorted(_TEXTS.glob("*.toml"))
        for one in read_toml(path)["page"]
    )


def told(rng: random.Random, prose: Prose) -> Example | None:
    """A question that a text answers; of two texts of a kind it says which one it means."""
    texts = _drawn(rng)
    text = rng.choice(texts)
    name = rng.choice(text.told())
    asks = text.template.asks[name]
    if len(texts) > 1:
        asks = _naming(text.template, asks)
    if not asks or any(text.drawn[name] == other.drawn[name] for other in texts if other is not text):
        return None
    flow, places = _written(texts, rng, prose)
    answer = places[texts.index(text)][name]
    shows = [text.subject] if len(texts) > 1 else []
    return example_of(document_of(flow), _asked(text, asks, rng), answer, rng, shows=shows)


def left_out(rng: random.Random, prose: Prose) -> Example | None:
    """A question that the text would answer, had its statement not been left out."""
    (text,) = _drawn(rng, texts=1)
    missing = sorted(set(text.template.asks) - set(text.told()))
    return _silent([text], text.template.asks[rng.choice(missing)], rng, prose) if missing else None


def untold(rng: random.Random, prose: Prose) -> Example | None:
    """A question of what neither the text nor the template tells."""
    texts = _drawn(rng)
    return _silent(texts, texts[0].template.untold, rng, prose)


def of_another(rng: random.Random, prose: Prose) -> Example | None:
    """A question that the text answers of its own subject, asked about another."""
    texts = _drawn(rng)
    text = texts[0]
    other = value(text.template.slots[text.template.subject], rng)
    asks = _naming(text.template, text.template.asks[rng.choice(text.told())])
    if not asks or any(other in one.subject or one.subject in other for one in texts):
        return None
    return _silent(texts, asks, rng, prose, about=other)


def _silent(
    texts: Sequence[_Text], asks: Sequence[str], rng: random.Random, prose: Prose, about: str = ""
) -> Example | None:
    flow, places = _written(texts, rng, prose)
    near = list(places[0].values())
    shows = [texts[0].subject] if about else []
    return example_of(document_of(flow), _asked(texts[0], asks, rng, about), None, rng, near, shows)


def _drawn(rng: random.Random, texts: int = 0) -> list[_Text]:
    """One text, or two of a kind about different subjects."""
    template = rng.choice(templates())
    found: list[_Text] = []
    for _ in range(texts or 1 + (rng.random() < _TWICE)):
        drawn = {name: value(spec, rng) for name, spec in template.slots.items()}
        rest = [number for number in range(1, len(template.says)) if rng.random() >= _LEFT_OUT]
        text = _Text(template, (0, *rest), drawn)
        clash = any(text.subject in one.subject or one.subject in text.subject for one in found)
        if text.told() and not clash:
            found.append(text)
    return found or _drawn(rng, texts)


def _naming(template: Template, asks: Sequence[str]) -> tuple[str, ...]:
    """Those questions that name the subject."""
    return tuple(ask for ask in asks if f"{{{template.subject}}}" in ask)


def _asked(text: _Text, asks: Sequence[str], rng: random.Random, about: str = "") -> str:
    return rng.choice(asks).format(**{text.template.subject: about or text.subject})


def _written(
    texts: Sequence[_Text], rng: random.Random, prose: Prose
) -> tuple[Flow, list[Mapping[str, Span]]]:
    """The texts, now and then with other prose around, and where the slots of each stand."""
    flow = Flow(DocumentWriter())
    if rng.random() < 0.2:
        flow.paragraph(prose(rng))
    form, headed = rng.choice(_FORMS), rng.random() < 0.6
    places = []
    for text in texts:
        if headed:
            flow.heading(capital(text.template.title.format(**text.drawn)), 2)
        places.append(_said(flow, text, form, rng))
    if rng.random() < 0.2:
        flow.paragraph(prose(rng))
    return flow, places


def _said(flow: Flow, text: _Text, form: str, rng: random.Random) -> Mapping[str, Span]:
    """Writes a text's statements in blocks, and says where its slots stand."""
    places: dict[str, Span] = {}
    size = {"paragraph": len(text.said), "paragraphs": rng.randint(2, 4)}.get(form, 1)
    for first in range(0, len(text.said), size):
        block, inside = "", {}
        if form in ("items", "steps"):
            block = "- " if form == "items" else f"{first + 1}. "
        for number in text.said[first : first + size]:
            sentence, slots = _sentence(text, number, rng)
            block += " " if block and not block.endswith(" ") else ""
            inside.update({name: span.shift(len(block)) for name, span in slots.items()})
            block += sentence
        start = (flow.item(block, None, tight=True) if size == 1 else flow.paragraph(block)).start
        places.update({name: span.shift(start) for name, span in inside.items()})
    return places


def _sentence(text: _Text, number: int, rng: random.Random) -> tuple[str, dict[str, Span]]:
    """A statement in one of its wordings, and where its slots stand in it."""
    said, places = "", {}
    for at, part in enumerate(_SLOT.split(rng.choice(text.template.says[number]))):
        if at % 2:
            places[part] = Span(len(said), len(said) + len(text.drawn[part]))
            said += text.drawn[part]
        else:
            said += part
    places.pop(text.template.subject, None)
    return capital(said), places


def capital(text: str) -> str:
    """A text as it begins a sentence."""
    return text[:1].upper() + text[1:]
