"""E-mails: headers as ``ingest.formats.eml`` writes them, then prose; the question is about a header."""

from __future__ import annotations

import random
from collections.abc import Mapping

from evals.train.data.examples import Example
from evals.train.synthetic.prose import ProseSource
from evals.train.synthetic.rendering import build_document, page_example
from evals.train.synthetic.values import date, email_address, person
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

_ABSENT = "Bcc"  # no mail shows it
_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "From": ("Who sent {}?", "Who wrote {}?", "Who is {} from?"),
    "To": ("Who is {} to?", "Who was {} sent to?", "Who got {}?"),
    "Cc": ("Who was copied in on {}?", "Who is in copy of {}?"),
    "Date": ("When was {} sent?", "When did {} come?", "What is the date of {}?"),
    _ABSENT: ("Who opened {} first?", "When was {} answered?", "Who deleted {}?"),
}


def mail_header(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a header; the answer is a name without the address, or the date."""
    document, headers, reference = _mail(rng, prose)
    name = rng.choice([name for name in _QUESTIONS if name in headers])
    question = rng.choice(_QUESTIONS[name]).format(reference)
    start = document.text.index(f"{name}: ") + len(name) + len(": ")
    length = len(headers[name].split(" <")[0])
    return page_example(document, question, Span(start, start + length), rng)


def missing_mail_header(rng: random.Random, prose: ProseSource) -> Example | None:
    """A question about a header that the mail doesn't have."""
    document, headers, reference = _mail(rng, prose)
    name = rng.choice([name for name in _QUESTIONS if name not in headers])
    question = rng.choice(_QUESTIONS[name]).format(reference)
    return page_example(document, question, None, rng)


def _mail(rng: random.Random, prose: ProseSource) -> tuple[Document, dict[str, str], str]:
    """A mail, its headers by name, and what a question calls it."""
    addresses = [f"{person(rng)} <{email_address(rng)}>" for _ in range(3)]
    headers = {"From": addresses[0], "To": addresses[1], "Cc": addresses[2], "Date": date(rng)}
    if rng.random() < 0.5:
        del headers["Cc"]
    flow = Flow(DocumentWriter())
    flow.paragraph("\n".join(f"{name}: {value}" for name, value in headers.items()))
    quoted = prose.question(rng)
    flow.paragraph(quoted.context[: 40 * rng.randint(5, 20)].rsplit(". ", 1)[0] + ".")
    document = build_document(flow)
    references = ("this mail", "the e-mail", "the mail", f"the mail about {quoted.title}")
    return document, headers, rng.choice(references)
