"""Answers in each unit, a drafted one and an abstention, over a handbook; every quote is a slice of it."""

from __future__ import annotations

from dataclasses import replace

from rag.types import (
    Abstention,
    Answer,
    AnswerUnit,
    CannedReply,
    Certainty,
    Citation,
    Conflict,
    Document,
    ListedDocument,
    Outcome,
    Reason,
    Statement,
    StatementRole,
    TalkKind,
)
from tests.fakes.quotes import cite as cite_in

LIST_LEAD_IN = "The following may be claimed:"
LIST_ITEMS = (
    "Train and bus tickets, second class.",
    "A hotel of at most 120 € a night.",
    "Meals, where the host gives none.",
)
STEPS_LEAD_IN = "To book a trip:"
STEPS = (
    "Ask your lead, and wait for a yes.",
    "Make the booking on the command line:",
    "Send the confirmation to travel@ship.example within two days, or the booking lapses.",
)
CODE = 'trip new --team sea \\\n    --to "Old Harbour"'
PARAGRAPHS = (
    "A day away is every day on which somebody of the team sleeps elsewhere than at home for the team's "
    "sake. The day of leaving counts if the train goes before noon, the day of coming back if it arrives "
    "after six in the evening. Days that are added for one's own pleasure don't count, whoever pays for the "
    "hotel, and neither do days spent waiting for a ship that has been cancelled, unless the harbour office "
    "confirms in writing that no other ship left on that day. Where a day counts, the flat rate of the "
    "country is paid, and nothing has to be shown for it; where it doesn't, what was spent is paid back "
    "against receipts, up to the flat rate and never above it. Receipts in other languages need no "
    "translation, but the date and the sum must be legible.",
    "Flat rates change in January. They are those of the finance ministry.",
    "Trips of more than ten days need a second approval, by the head of the fleet.",
    "Who travels with a child under six may book first class.",
    "Boats of the team may be used for trips of less than thirty miles.",
)
TEXT = "\n\n".join(
    (
        "Travel handbook",
        "What is paid",
        "\n".join((LIST_LEAD_IN, *(f"- {item}" for item in LIST_ITEMS), "- Luggage.", "- Visa fees.")),
        "Booking",
        "\n".join((STEPS_LEAD_IN, f"1. {STEPS[0]}", f"2. {STEPS[1]}", CODE, f"3. {STEPS[2]}")),
        "Flat rates",
        "Country | Day | Night",
        "Norway | 61 € | 120 €; 145 € in Oslo",
        "Denmark | 52 € | 110 €",
        "Trips are approved by the team's lead. Pets are never paid for.",
        *PARAGRAPHS,
    )
)
DOCUMENT = Document(
    id="handbook",
    uri="https://ship.example/handbook",
    title="Travel handbook",
    text=TEXT,
    media_type="text/markdown",
)


def cite(quote: str, *section: str) -> Citation:
    """The citation of a quote's first occurrence in the handbook."""
    return cite_in(DOCUMENT, quote, section)


def _statements(*parts: tuple[StatementRole, str]) -> tuple[Statement, ...]:
    """A statement for each part, each with the citation of its own number."""
    return tuple(Statement(text=text, citations=(n,), role=role) for n, (role, text) in enumerate(parts))


_APPROVAL = "Trips are approved by the team's lead."
_PETS = "Pets are never paid for."
_NORWAY = "Country: Norway; Day: 61 €; Night: 120 €; 145 € in Oslo"
_DENMARK = "Country: Denmark; Day: 52 €; Night: 110 €"

SHORT_ANSWER = Answer(
    question="Who approves trips?",
    text="the team's lead",
    statements=_statements((StatementRole.SENTENCE, _APPROVAL)),
    citations=(cite(_APPROVAL, "Flat rates"),),
    confidence=0.93,
    short_answer_confidence=0.88,
)
YES_NO = Answer(
    question="Are pets paid for?",
    text="No",
    unit=AnswerUnit.YES_NO,
    statements=_statements((StatementRole.SENTENCE, _PETS)),
    citations=(cite(_PETS, "Flat rates"),),
    confidence=0.91,
    short_answer_confidence=0.84,
)
SENTENCES = Answer(
    question="Why may somebody book first class?",
    text=PARAGRAPHS[3],
    unit=AnswerUnit.SENTENCES,
    certainty=Certainty.LIKELY,
    statements=_statements((StatementRole.SENTENCE, PARAGRAPHS[3])),
    citations=(cite(PARAGRAPHS[3], "Flat rates"),),
    confidence=0.43,
)
LIST = Answer(
    question="What is paid, and since when?",
    text=" ".join((LIST_LEAD_IN, *LIST_ITEMS)),
    unit=AnswerUnit.LIST,
    statements=_statements(
        (StatementRole.HEADING, "What is paid"),
        (StatementRole.LEAD_IN, LIST_LEAD_IN),
        *((StatementRole.ITEM, item) for item in LIST_ITEMS),
    ),
    citations=tuple(
        cite(quote, "What is paid")
        for quote in ("What is paid", LIST_LEAD_IN, *(f"- {item}" for item in LIST_ITEMS))
    ),
    confidence=0.87,
    item_count=5,
    unanswered=("since when",),
)
STEPS_ANSWER = Answer(
    question="How do I book a trip?",
    text=" ".join((STEPS_LEAD_IN, *STEPS)),
    unit=AnswerUnit.STEPS,
    certainty=Certainty.LIKELY,
    statements=_statements(
        (StatementRole.HEADING, "Booking"),
        (StatementRole.LEAD_IN, STEPS_LEAD_IN),
        (StatementRole.ITEM, STEPS[0]),
        (StatementRole.ITEM, STEPS[1]),
        (StatementRole.CODE, CODE),
        (StatementRole.ITEM, STEPS[2]),
    ),
    citations=tuple(
        cite(quote, "Booking")
        for quote in (
            "Booking",
            STEPS_LEAD_IN,
            f"1. {STEPS[0]}",
            f"2. {STEPS[1]}",
            CODE,
            f"3. {STEPS[2]}",
        )
    ),
    confidence=0.52,
    item_count=3,
)
ROWS = Answer(
    question="What are the flat rates of Norway and Denmark?",
    text=f"{_NORWAY} {_DENMARK}",
    unit=AnswerUnit.ROWS,
    statements=(
        Statement(text=_NORWAY, citations=(0, 1), role=StatementRole.ROW),
        Statement(text=_DENMARK, citations=(2, 1), role=StatementRole.ROW),
    ),
    citations=tuple(
        cite(line, "Flat rates")
        for line in (
            "Norway | 61 € | 120 €; 145 € in Oslo",
            "Country | Day | Night",
            "Denmark | 52 € | 110 €",
        )
    ),
    confidence=0.9,
    item_count=2,
)
DEFINITION = Answer(
    question="What is a day away?",
    text=PARAGRAPHS[0],
    unit=AnswerUnit.DEFINITION,
    statements=_statements((StatementRole.SENTENCE, PARAGRAPHS[0])),
    citations=(cite(PARAGRAPHS[0], "Flat rates"),),
    confidence=0.81,
)
SECTION = Answer(
    question="flat rates",
    text=" ".join(("Flat rates", *PARAGRAPHS[1:3])),
    unit=AnswerUnit.SECTION,
    statements=_statements(
        (StatementRole.HEADING, "Flat rates"),
        (StatementRole.SENTENCE, PARAGRAPHS[1]),
        (StatementRole.SENTENCE, PARAGRAPHS[2]),
    ),
    citations=tuple(cite(quote, "Flat rates") for quote in ("Flat rates", *PARAGRAPHS[1:3])),
    confidence=0.78,
)
LIKELY_SHORT_ANSWER = replace(
    SHORT_ANSWER,
    question="Who says yes to trips?",
    certainty=Certainty.LIKELY,
    confidence=0.51,
    short_answer_confidence=0.47,
)
CONFLICT = replace(
    SHORT_ANSWER,
    question="Who decides on trips?",
    certainty=Certainty.LIKELY,
    citations=(*SHORT_ANSWER.citations, cite(PARAGRAPHS[2], "Flat rates")),
    conflicts=(Conflict(text="the head of the fleet", citations=(1,)),),
)
DRAFTED = Answer(
    question="Who says yes to a long trip?",
    text="The team's lead approves trips. For more than ten days, the head of the fleet must approve, too.",
    unit=AnswerUnit.SENTENCES,
    certainty=Certainty.LIKELY,
    statements=_statements(
        (StatementRole.SENTENCE, "The team's lead approves trips."),
        (StatementRole.SENTENCE, "For more than ten days, the head of the fleet must approve, too."),
    ),
    citations=(cite(_APPROVAL, "Flat rates"), cite(PARAGRAPHS[2], "Flat rates")),
    confidence=0.61,
    is_drafted=True,
)
ABSTENTION = Abstention(
    question="How many ships are there?",
    reason=Reason.NOT_CONFIDENT,
    confidence=0.21,
    nearest=tuple(cite(paragraph, "Flat rates") for paragraph in PARAGRAPHS),
)
FOLLOW_UP = replace(SHORT_ANSWER, question="And who approves them?", asked_as="Who approves trips?")
GREETING = Abstention(
    question="Hello!",
    reason=Reason.NOTHING_RELEVANT,
    confidence=0.0,
    reply=CannedReply(kind=TalkKind.GREETING, text="Hello! Ask a question.", language="en"),
)
DOCUMENT_LIST = Abstention(
    question="What documents do you have?",
    reason=Reason.NOTHING_RELEVANT,
    confidence=0.0,
    reply=CannedReply(
        kind=TalkKind.DOCUMENTS,
        text="I look for answers in these documents:",
        language="en",
        documents=(
            ListedDocument(
                document_id=DOCUMENT.id, version=DOCUMENT.sha256, title=DOCUMENT.title, uri=DOCUMENT.uri
            ),
        ),
        document_count=3,
    ),
)
ANSWERS = (SHORT_ANSWER, YES_NO, SENTENCES, LIST, STEPS_ANSWER, ROWS, DEFINITION, SECTION)
"""One answer in each unit."""
OUTCOMES: dict[str, Outcome] = {
    outcome.question: outcome
    for outcome in (
        *ANSWERS,
        LIKELY_SHORT_ANSWER,
        CONFLICT,
        DRAFTED,
        ABSTENTION,
        FOLLOW_UP,
        GREETING,
        DOCUMENT_LIST,
    )
}


def outcome_of(question: str) -> Outcome:
    """A script: the outcome of one of these questions."""
    return OUTCOMES[question]
