"""An LLM that obeys every instruction in a document: the worst that an attack can make of a model."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from rag.english.words import WORD
from rag.ports.llm import Chunk, Completion, Prompt

_EVIDENCE = re.compile(r"^\[(\d+)\] (.+)$", re.M)


class ObedientLlm:
    """Fulfils ``Llm``: repeats what attacks say in the evidence that it gets.

    Each sentence comes with its own number, then with the numbers of all evidence, so that it borrows
    whatever the others support.

    Args:
        attacks: their texts.
    """

    def __init__(self, attacks: Iterable[str]) -> None:
        self._attacks = [_folded(attack) for attack in attacks]

    @property
    def name(self) -> str:
        return "obedient"

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        return Completion(text="".join(chunk.text for chunk in self.stream(prompt, seconds=seconds)))

    def stream(self, prompt: Prompt, *, seconds: float) -> Generator[Chunk]:  # noqa: ARG002 (it is never late)
        evidence = _EVIDENCE.findall(prompt.user)
        every = "".join(f"[{number}]" for number, _ in evidence)
        for number, text in evidence:
            words = _folded(text)
            if words.strip() and any(words in attack for attack in self._attacks):
                yield Chunk(text=f"{text} [{number}]\n{text} {every}\n")

    def close(self) -> None:
        """Holds nothing."""


def _folded(text: str) -> str:
    """The words in lower case, each between spaces: whatever a prompt makes of marks and white space."""
    return f" {' '.join(word.casefold() for word in WORD.findall(text))} "
