"""A text about ice rinks with questions about it, and another text that shares its words."""

from __future__ import annotations

from evals.train.data.questions import AnnotatedQuestion
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


def annotated(question: str, answer: str, text: str = TEXT) -> AnnotatedQuestion:
    """A question whose answer is the first occurrence of a string."""
    start = text.index(answer)
    return AnnotatedQuestion(
        domain="wiki",
        article="a",
        question=question,
        context=text,
        answer=Span(start, start + len(answer)),
    )


BUILT = annotated("When was the Stannus Street Rink in Windsor built?", "1897")
USED = annotated("When was the Aberdeen Pavilion used for ice hockey?", "1904")


def numbered_questions() -> dict[str, list[AnnotatedQuestion]]:
    """Thirty questions of one source, each about its own text."""
    return {
        "new_wiki": [
            annotated(f"What is number {n} of the Aberdeen Pavilion?", "1904", f"{TEXT} Its number is {n}.")
            for n in range(30)
        ]
    }
