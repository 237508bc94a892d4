"""A question in the words of its collection."""

from __future__ import annotations

from rag.question.analysis import QuestionAnalysis, analyze_question
from rag.question.rewording import reword
from rag.types import Turn

DEFINING = ["Paid time off (PTO) is granted yearly."]


def reworded(question: str, *, defining: list[str], texts: list[str] | None = None) -> QuestionAnalysis:
    analysis = analyze_question(question, limit=100)
    texts = ["Leave is granted by the manager."] if texts is None else texts
    return reword(analysis, texts, defining, is_known=lambda word: not word.startswith("mann"), limit=100)


def test_an_acronym_stands_beside_its_long_form() -> None:
    """In what is searched and in what is read; form, names and content words stay the question's own."""
    found = reworded("how much pto do I get?", defining=DEFINING)
    assert found.standalone == found.search_text == "how much pto (Paid time off) do I get?"
    plain = analyze_question("how much pto do I get?", limit=100)
    assert (found.text, found.form, found.names, found.content) == (
        plain.text,
        plain.form,
        plain.names,
        plain.content,
    )


def test_nothing_is_expanded_without_a_definition() -> None:
    """The analysis stays as it is."""
    question = "how much pto do I get?"
    assert reworded(question, defining=[]) == analyze_question(question, limit=100)
    assert reworded("is it granted?", defining=DEFINING) == analyze_question("is it granted?", limit=100)


def test_a_corrected_question_is_expanded_too() -> None:
    """And analysed anew, under the text as it was typed."""
    found = reworded("does my mannager grant pto", defining=DEFINING)
    assert found.standalone == "does my manager grant pto (Paid time off)"
    assert found.text == "does my mannager grant pto"
    assert "manager" in found.content


def test_the_spelling_may_be_left() -> None:
    """Where no vocabulary is given."""
    analysis = analyze_question("does my mannager grant pto", limit=100)
    found = reword(analysis, ["The manager"], DEFINING, is_known=None, limit=100)
    assert found.standalone == "does my mannager grant pto (Paid time off)"


def test_a_follow_ups_search_text_keeps_the_names_of_the_last_turn() -> None:
    """Both texts are expanded."""
    last = Turn(question="Who grants leave?", answer="Ann Lee does.")
    analysis = analyze_question("and how much pto?", limit=100, history=[last])
    found = reword(analysis, [], DEFINING, is_known=None, limit=100)
    assert "pto (Paid time off)" in found.standalone
    assert found.search_text == analysis.search_text.replace("pto", "pto (Paid time off)")
