"""Which drafted sentences are shown: those that rest on evidence and answer the question.

A sentence is kept if the evidence that it cites supports it (numbers, dates, names, units and negations
included), and if the reader accepts the cited places for this question. The last rule is no part of the
others: "The Kyoto Protocol failed [2]" may stand in [2] word for word and answer another question.

Support is asked for twice: by all that is cited, then by what the reader accepts alone. So no sentence gets
its words from one place and its acceptance from another, and only accepted places are cited.

Where the answer of quotes abstains, a sentence may take no word of the question that its places lack:
"ICE is recruiting nurses" repeats what "Why is ICE recruiting nurses?" takes for granted.

Small models often give a sentence the number of another place, or none. Where what is cited says nothing of
it, the accepted place that supports it best is cited, if one supports it well: the same rules, with a number
found here instead of the model's (``docs/decisions/llm.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.drafting.evidence import EvidenceUnit
from rag.drafting.sentence_parser import DraftSentence
from rag.english.words import WORD, mentions
from rag.types import DroppedSentence, DropRule

_WELL_SUPPORTED = 0.6  # score of a place that the LLM didn't cite; of cited ones the fitted threshold decides


class Support(Protocol):
    """How far cited texts support a sentence. ``missing`` names what they don't hold."""

    @property
    def is_supported(self) -> bool: ...

    @property
    def score(self) -> float: ...

    @property
    def missing(self) -> tuple[str, ...]: ...


class SupportCheck(Protocol):
    """A sentence and the texts that it cites to the support it has. Pure.

    ``context`` is what stands over them: titles and headings.
    """

    def __call__(self, sentence: str, cited: Sequence[str], /, *, context: Sequence[str] = ()) -> Support: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSentence:
    """A sentence that passed every rule, and the accepted evidence that supports it."""

    sentence: DraftSentence
    units: tuple[EvidenceUnit, ...]


class KeepRules:
    """Judges the sentences of one draft.

    Args:
        evidence: what was sent.
        check: support by cited texts.
        doubtful: content words of the question, or of its parts, that the quotes give no answer to.
    """

    def __init__(
        self, evidence: Sequence[EvidenceUnit], check: SupportCheck, doubtful: Sequence[str] = ()
    ) -> None:
        self._doubtful = doubtful
        self._units = {unit.number: unit for unit in evidence}
        accepted_last = sorted(evidence, key=lambda unit: bool(unit.accepted_for))
        self._by_text = {_folded(unit.part.text): unit for unit in accepted_last}
        self._check = check

    def judge(self, sentence: DraftSentence) -> KeptSentence | DroppedSentence:
        """The sentence with its evidence, or the first rule that it breaks as it is cited."""
        judged = self._judge_by_support(sentence)
        missing = self._taken_for_granted(judged) if isinstance(judged, KeptSentence) else ()
        if not missing:
            return judged
        return DroppedSentence(
            text=sentence.text, rule=DropRule.UNSUPPORTED, cited=sentence.cited, missing=missing
        )

    def _taken_for_granted(self, kept: KeptSentence) -> tuple[str, ...]:
        """The doubtful words that a sentence repeats and its places, with what stands around them, lack."""
        repeated = [word for word in self._doubtful if mentions([kept.sentence.text], [word])]
        if not repeated:
            return ()
        around = [text for unit in kept.units for text in (*unit.cited_texts(), *unit.around())]
        return tuple(word for word in repeated if not mentions(around, [word]))

    def _judge_by_support(self, sentence: DraftSentence) -> KeptSentence | DroppedSentence:
        judged = self._judge_as_cited(sentence)
        if isinstance(judged, KeptSentence) or judged.rule not in (DropRule.UNCITED, DropRule.UNSUPPORTED):
            return judged
        if judged.score is not None and judged.score >= _WELL_SUPPORTED:
            return judged  # it is about what is cited, and a number, name or negation differs
        found = self._best_place(sentence)
        return judged if found is None else KeptSentence(sentence=sentence, units=(found,))

    def _judge_as_cited(self, sentence: DraftSentence) -> KeptSentence | DroppedSentence:
        quoted = self._by_text.get(_folded(sentence.text))  # its place, whatever number a model gives it
        cited = [self._units[number] for number in sentence.cited if number in self._units]
        if quoted is not None:
            cited = [quoted]
        if not cited:
            return DroppedSentence(text=sentence.text, rule=DropRule.UNCITED, cited=sentence.cited)
        support = self._support(sentence, cited)
        if not support.is_supported:
            return _dropped(sentence, DropRule.UNSUPPORTED, support)
        accepted = [unit for unit in cited if unit.accepted_for]
        if not accepted:
            return _dropped(sentence, DropRule.NOT_ACCEPTED, support)
        if len(accepted) < len(cited):
            support = self._support(sentence, accepted)
            if not support.is_supported:
                return _dropped(sentence, DropRule.NOT_ACCEPTED, support)
        return KeptSentence(sentence=sentence, units=tuple(accepted))

    def _best_place(self, sentence: DraftSentence) -> EvidenceUnit | None:
        """The accepted place that supports the sentence best; None if none does well."""
        accepted = [unit for unit in self._units.values() if unit.accepted_for]
        supports = [(self._support(sentence, [unit]), unit) for unit in accepted]
        supporting = [
            (support.score, unit)
            for support, unit in supports
            if support.is_supported and support.score >= _WELL_SUPPORTED
        ]
        return max(supporting, key=lambda one: one[0])[1] if supporting else None

    def _support(self, sentence: DraftSentence, cited: Sequence[EvidenceUnit]) -> Support:
        texts = dict.fromkeys(text for unit in cited for text in unit.cited_texts())
        sources = dict.fromkeys(unit.source for unit in cited)
        return self._check(sentence.text, list(texts), context=list(sources))


def _dropped(sentence: DraftSentence, rule: DropRule, support: Support) -> DroppedSentence:
    return DroppedSentence(
        text=sentence.text,
        rule=rule,
        cited=sentence.cited,
        score=round(support.score, 4),
        missing=support.missing,
    )


def _folded(text: str) -> str:
    """A text's words in lower case, to tell whether two texts are the same but for case and punctuation."""
    return " ".join(word.casefold() for word in WORD.findall(text))
