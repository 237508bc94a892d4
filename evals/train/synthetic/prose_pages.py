"""Synthetic prose: policies, minutes, notices and articles made of templates.

The templates are in ``templates/`` (`people.toml` describes the format). A text is some of a template's
statements, each in one of its wordings, with values drawn for its slots. A question asks for a slot's value;
or it has no answer in the text: its statement was left out, no statement is about it, or it is about another
subject than the text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evals.train.data.examples import Example
from evals.train.synthetic.prose import ProseSource, capitalize
from evals.train.synthetic.records import read_toml
from evals.train.synthetic.rendering import build_document, page_example
from evals.train.synthetic.values import alternatives, sample_value
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.types import Span

_TEMPLATES = Path(__file__).with_name("templates")
_SLOT = re.compile(r"{(\w+)}")
# Probabilities.
_OMITTED = 0.25  # of each statement but the first
_SECOND_TEXT = 0.3  # of a second text of the same template
_FORMS = ("paragraph", "paragraph", "paragraphs", "items", "steps")


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of text. Slots stand in braces in all of its parts.

    Attributes:
        subject: the slot that questions may name.
        statements: each in its alternative wordings.
        slots: each slot's value specification (``sample_value``).
        questions: by slot, with the slot's value as the answer.
        unstated_questions: about what no statement says.
    """

    title: str
    subject: str
    statements: tuple[tuple[str, ...], ...]
    slots: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    unstated_questions: tuple[str, ...]

    def slots_of(self, statement: int) -> tuple[str, ...]:
        """The slots of a statement, without the subject."""
        return tuple(name for name in _SLOT.findall(self.statements[statement][0]) if name != self.subject)


@dataclass(frozen=True, slots=True)
class _Text:
    """Some statements of a template, by their numbers, and the value of each slot."""

    template: Template
    statements: tuple[int, ...]
    values: Mapping[str, str]

    @property
    def subject(self) -> str:
        return self.values[self.template.subject]

    def stated_slots(self) -> list[str]:
        return [name for number in self.statements for name in self.template.slots_of(number)]


@cache
def templates() -> tuple[Template, ...]:
    """All templates, by file name and then in file order."""
    return tuple(
        Template(
            title=page["title"],
            subject=page["subject"],
            statements=tuple(alternatives(wordings) for wordings in page["says"]),
            slots=page["slots"],
            questions={name: alternatives(questions) for name, questions in page["asks"].items()},
            unstated_questions=alternatives(page["untold"]),
        )
        for path in sorted(_TEMPLATES.glob("*.toml"))
        for page in read_toml(path)["page"]
    )


def stated(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question that a text answers; it names the subject where there are two texts."""
    texts = _sample_texts(rng)
    text = rng.choice(texts)
    slot = rng.choice(text.stated_slots())
    questions = text.template.questions[slot]
    if len(texts) > 1:
        questions = _naming_subject(text.template, questions)
    if not questions or any(text.values[slot] == other.values[slot] for other in texts if other is not text):
        return None
    flow, spans = _write(texts, rng, prose)
    answer = spans[texts.index(text)][slot]
    must_show = [text.subject] if len(texts) > 1 else []
    question = _sample_question(text, questions, rng)
    return page_example(build_document(flow), question, answer, rng, must_show=must_show)


def statement_removed(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a statement that was left out of the text."""
    (text,) = _sample_texts(rng, count=1)
    missing = sorted(set(text.template.questions) - set(text.stated_slots()))
    if not missing:
        return None
    return _unanswerable([text], text.template.questions[rng.choice(missing)], rng, prose)


def unstated(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about what no statement of the template says."""
    texts = _sample_texts(rng)
    return _unanswerable(texts, texts[0].template.unstated_questions, rng, prose)


def other_subject(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question that the text answers for its own subject, asked about another."""
    texts = _sample_texts(rng)
    text = texts[0]
    subject = sample_value(text.template.slots[text.template.subject], rng)
    slot = rng.choice(text.stated_slots())
    questions = _naming_subject(text.template, text.template.questions[slot])
    if not questions or any(subject in other.subject or other.subject in subject for other in texts):
        return None
    return _unanswerable(texts, questions, rng, prose, subject=subject)


def _unanswerable(
    texts: Sequence[_Text],
    questions: Sequence[str],
    rng: random.Random,
    prose: ProseSource,
    subject: str = "",
) -> Example | None:
    """One of the questions, about the first text's subject or another, beside a passage of the first text."""
    flow, spans = _write(texts, rng, prose)
    slots = list(spans[0].values())
    must_show = [texts[0].subject] if subject else []
    question = _sample_question(texts[0], questions, rng, subject)
    return page_example(build_document(flow), question, None, rng, slots, must_show)


def _sample_texts(rng: random.Random, count: int = 0) -> list[_Text]:
    """``count`` texts of one template about different subjects; by default one, or now and then two."""
    template = rng.choice(templates())
    texts: list[_Text] = []
    for _ in range(count or 1 + (rng.random() < _SECOND_TEXT)):
        values = {name: sample_value(spec, rng) for name, spec in template.slots.items()}
        rest = [number for number in range(1, len(template.statements)) if rng.random() >= _OMITTED]
        text = _Text(template, (0, *rest), values)
        same_subject = any(text.subject in other.subject or other.subject in text.subject for other in texts)
        if text.stated_slots() and not same_subject:
            texts.append(text)
    return texts or _sample_texts(rng, count)


def _naming_subject(template: Template, questions: Sequence[str]) -> tuple[str, ...]:
    return tuple(question for question in questions if f"{{{template.subject}}}" in question)


def _sample_question(text: _Text, questions: Sequence[str], rng: random.Random, subject: str = "") -> str:
    return rng.choice(questions).format(**{text.template.subject: subject or text.subject})


def _write(
    texts: Sequence[_Text], rng: random.Random, prose: ProseSource
) -> tuple[Flow, list[Mapping[str, Span]]]:
    """Writes the texts, now and then with other prose around them; returns each text's slots as spans."""
    flow = Flow(DocumentWriter())
    if rng.random() < 0.2:
        flow.paragraph(prose.paragraph(rng))
    form, has_heading = rng.choice(_FORMS), rng.random() < 0.6
    spans = []
    for text in texts:
        if has_heading:
            flow.heading(capitalize(text.template.title.format(**text.values)), 2)
        spans.append(_write_statements(flow, text, form, rng))
    if rng.random() < 0.2:
        flow.paragraph(prose.paragraph(rng))
    return flow, spans


def _write_statements(flow: Flow, text: _Text, form: str, rng: random.Random) -> Mapping[str, Span]:
    """Writes a text's statements in blocks; returns its slots as spans."""
    spans: dict[str, Span] = {}
    size = {"paragraph": len(text.statements), "paragraphs": rng.randint(2, 4)}.get(form, 1)
    for first in range(0, len(text.statements), size):
        block = {"items": "- ", "steps": f"{first + 1}. "}.get(form, "")
        in_block = {}
        for number in text.statements[first : first + size]:
            sentence, slots = _sentence(text, number, rng)
            block += " " if block and not block.endswith(" ") else ""
            in_block.update({name: span.shift(len(block)) for name, span in slots.items()})
            block += sentence
        start = (flow.item(block, None, tight=True) if size == 1 else flow.paragraph(block)).start
        spans.update({name: span.shift(start) for name, span in in_block.items()})
    return spans


def _sentence(text: _Text, number: int, rng: random.Random) -> tuple[str, dict[str, Span]]:
    """A statement in one of its wordings, and its slots, without the subject, as spans of it."""
    sentence, spans = "", {}
    for position, part in enumerate(_SLOT.split(rng.choice(text.template.statements[number]))):
        is_slot = position % 2 == 1
        written = text.values[part] if is_slot else part
        if is_slot:
            spans[part] = Span(len(sentence), len(sentence) + len(written))
        sentence += written
    spans.pop(text.template.subject, None)
    return capitalize(sentence), spans
