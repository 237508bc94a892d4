"""One draft, judged sentence by sentence as the LLM writes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rag.drafting.drafted_answer import StatementList, is_in_document_order
from rag.drafting.keep_rules import KeepRules, KeptSentence
from rag.drafting.prompts import DECLINED
from rag.drafting.sentence_parser import DraftSentence
from rag.drafting.verdict import split_verdict
from rag.english.function_words import CONNECTIVES, DEMONSTRATIVES
from rag.english.pronouns import PERSON_PRONOUNS, THING_PRONOUNS
from rag.errors import LlmFailure
from rag.ports.llm import Usage
from rag.types import Citation, DroppedSentence, DropRule, QuestionForm, Statement

_FIRST_WORD = re.compile(r"\W*(\w+)")
_BACKWARD = frozenset("also and both but neither or otherwise so such then therefore".split())
_BACKWARD |= {*CONNECTIVES, *DEMONSTRATIVES, *PERSON_PRONOUNS, *THING_PRONOUNS}

StatementObserver = Callable[[Statement, tuple[Citation, ...]], None]
"""Called with each statement and its citations as soon as it is verified, in the same thread."""


@dataclass(slots=True, kw_only=True)
class JudgedDraft:
    """What came of a draft so far.

    Attributes:
        form: what is asked for; None of a question of several parts.
        on_statement: told of what is kept, but for steps, which stand or fall together.
        verdict: the LLM's Yes or No, unconfirmed.
        is_whole: whether every item and every sentence with a number was kept.
        failure: why the draft ended before its end.
    """

    form: QuestionForm | None
    rules: KeepRules
    on_statement: StatementObserver
    kept: list[KeptSentence] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    collected: StatementList = field(default_factory=StatementList)
    verdict: str | None = None
    is_declined: bool = False
    is_whole: bool = True
    failure: LlmFailure | None = None
    usage: Usage = field(default_factory=Usage)
    _is_after_dropped: bool = False

    def take(self, sentence: DraftSentence) -> None:
        """Judges the next sentence."""
        if sentence.text.strip(" .").upper() == DECLINED:
            self.is_declined = True
            return
        left: DraftSentence | None = sentence
        if self.form is QuestionForm.YES_NO and self.verdict is None and not self.kept:
            self.verdict, left = split_verdict(sentence)
        if left is None:
            return
        judged = self._judge(left)
        self._is_after_dropped = isinstance(judged, DroppedSentence)
        if isinstance(judged, DroppedSentence):
            self.dropped.append(judged)
            self.is_whole = self.is_whole and not (left.is_item or left.cited)
        else:
            self._keep(judged)

    def finish(self) -> None:
        """Drops all steps where one was dropped, or their order isn't the document's."""
        if self.form is not QuestionForm.HOW_TO or (self.is_whole and is_in_document_order(self.kept)):
            return
        rule = DropRule.OUT_OF_ORDER if self.is_whole else DropRule.INCOMPLETE
        self.dropped += [
            DroppedSentence(text=one.sentence.text, rule=rule, cited=one.sentence.cited) for one in self.kept
        ]
        self.kept = []

    @property
    def is_usable(self) -> bool:
        """Whether an answer can be made of it."""
        return bool(self.kept) and self.failure is None and not self.is_declined

    def _judge(self, sentence: DraftSentence) -> KeptSentence | DroppedSentence:
        judged = self.rules.judge(sentence)
        is_kept = isinstance(judged, KeptSentence)
        if is_kept and self._is_after_dropped and not sentence.is_item and _refers_back(sentence.text):
            return DroppedSentence(text=sentence.text, rule=DropRule.DANGLING, cited=sentence.cited)
        return judged

    def _keep(self, judged: KeptSentence) -> None:
        statement = self.collected.add(judged)
        if statement is None:
            return
        self.kept.append(judged)
        if self.form is not QuestionForm.HOW_TO:
            self.on_statement(statement, self.collected.cited_by(statement))


def _refers_back(text: str) -> bool:
    """Whether a sentence begins with a word that needs the one before it."""
    first = _FIRST_WORD.match(text)
    return first is not None and first[1].casefold() in _BACKWARD
