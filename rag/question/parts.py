"""Parts of a question (to be replaced at once)."""


def question_parts(text: str) -> tuple[str, ...]:
    """The question itself."""
    return (text,)
