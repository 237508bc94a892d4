"""A scripted LLM in memory, and a check of support by words alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from rag.english.words import content_words, stem
from rag.errors import LlmError
from rag.ports.llm import Chunk, Completion, Prompt, Usage

USAGE = Usage(prompt_tokens=7, completion_tokens=3)


@dataclass
class ScriptedLlm:
    """Fulfils ``Llm``: its text in pieces of ``piece`` characters, then its ``fault``, if it has one."""

    text: str = ""
    fault: LlmError | None = None
    piece: int = 5
    when_asked: Callable[[], object] = lambda: None  # called as each request begins
    prompts: list[Prompt] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    is_closed: bool = False

    @property
    def name(self) -> str:
        return "scripted:model"

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        self._begin(prompt, seconds)
        if self.fault is not None:
            raise self.fault
        return Completion(text=self.text, usage=USAGE)

    def stream(self, prompt: Prompt, *, seconds: float) -> Generator[Chunk]:
        self._begin(prompt, seconds)
        for at in range(0, len(self.text), self.piece):
            yield Chunk(text=self.text[at : at + self.piece])
        if self.fault is not None:
            raise self.fault
        yield Chunk(text="", usage=USAGE)

    def close(self) -> None:
        self.is_closed = True

    def _begin(self, prompt: Prompt, seconds: float) -> None:
        self.prompts.append(prompt)
        self.seconds.append(seconds)
        self.when_asked()


@dataclass(frozen=True)
class WordSupport:
    """The share of a sentence's content words that the texts hold; supported if they hold all."""

    score: float
    missing: tuple[str, ...]

    @property
    def is_supported(self) -> bool:
        return not self.missing


def check_words(sentence: str, cited: Sequence[str], /, *, context: Sequence[str] = ()) -> WordSupport:
    """Fulfils ``SupportCheck``."""
    held = {stem(word) for text in (*cited, *context) for word in content_words(text)}
    words = content_words(sentence)
    missing = tuple(word for word in words if stem(word) not in held)
    return WordSupport(score=1 - len(missing) / max(1, len(words)), missing=missing)
