"""Small groups for tests of the evidence reader's training."""

from __future__ import annotations

from evals.train.evidence.groups import Group, LabelledPassage, LabelledUnit


def passage(
    text: str, *supports: bool | None, relevant: bool | None = None, rank: int = 0
) -> LabelledPassage:
    """A passage of a heading line and one sentence a line, each labelled in turn."""
    start = text.index("\n") + 1
    units = []
    for label, line in zip(supports, text[start:].split("\n"), strict=True):
        units.append(LabelledUnit(start, start + len(line), label))
        start += len(line) + 1
    is_relevant = any(supports) if relevant is None else relevant
    return LabelledPassage(text=text, units=tuple(units), relevant=is_relevant, rank=rank)


def group(question: str, *passages: LabelledPassage, answerable: bool = True, **values: object) -> Group:
    """A group of one question."""
    return Group(
        id="q",
        dataset="d",
        kind="fact",
        question=question,
        answerable=answerable,
        passages=passages,
        **values,  # type: ignore[arg-type]
    )


LEAVE = passage("Handbook > Leave\nStaff get 25 days off.\nAsk your manager first.", True, False)
BADGES = passage("Handbook > Badges\nA lost badge costs 10 euros.", False, rank=1)
DAYS = group("how much holiday is there?", LEAVE, BADGES)
PARKING = group("where can I park?", BADGES, answerable=False)
