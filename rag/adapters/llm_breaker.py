"""A circuit breaker: an LLM whose endpoint failed isn't asked for a while, so that no question waits for it.

Nygard, "Release It!" (2007). After the pause one call tries; the others fail at once until it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from threading import Lock

from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Chunk, Completion, Llm, Prompt

_MAX_DOUBLINGS = 4
_TIME_OUTS = 2  # in a row, since one may be a hard question's
_DEAD = (LlmFailure.UNAVAILABLE, LlmFailure.REJECTED)


class LlmBreaker:
    """Fulfils ``Llm`` over another one.

    An endpoint that can't be reached or rejects a request pauses at once, one that times out after two calls
    in a row, a busy one for as long as it says (Retry-After). What else fails is no sign of the next failing.

    Args:
        pause_seconds: of the first pause; each further failure doubles it, up to sixteen times.
        clock: seconds, monotonic.
    """

    def __init__(
        self, llm: Llm, *, pause_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._llm = llm
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._lock = Lock()
        self._paused_until = 0.0
        self._failures = 0  # that led to a pause, in a row
        self._time_outs = 0  # in a row
        self._is_trying = False
        self._last_message = ""

    @property
    def name(self) -> str:
        return self._llm.name

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        is_trial = self._admit()
        try:
            completion = self._llm.complete(prompt, seconds=seconds)
        except LlmError as error:
            self._failed(error)
            raise
        else:
            self._succeeded()
        finally:
            self._end_trial(is_trial)
        return completion

    def stream(self, prompt: Prompt, *, seconds: float) -> Generator[Chunk]:
        is_trial = self._admit()
        try:
            for chunk in self._llm.stream(prompt, seconds=seconds):
                if is_trial:  # it answers: others may ask
                    self._end_trial(is_trial)
                    is_trial = False
                yield chunk
        except LlmError as error:
            self._failed(error)
            raise
        else:
            self._succeeded()
        finally:
            self._end_trial(is_trial)

    def close(self) -> None:
        self._llm.close()

    def _admit(self) -> bool:
        """Whether this call is the one that tries after a pause. Raises LlmError where it may not be made."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until or self._is_trying:
                left = max(0.0, self._paused_until - now)
                message = f"not asked for another {left:.0f} seconds: {self._last_message}"
                raise LlmError(LlmFailure.PAUSED, message, retry_after=left)
            self._is_trying = self._failures > 0
            return self._is_trying

    def _end_trial(self, is_trial: bool) -> None:
        if is_trial:
            with self._lock:
                self._is_trying = False

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = self._time_outs = 0

    def _failed(self, error: LlmError) -> None:
        with self._lock:
            now = self._clock()
            self._time_outs = self._time_outs + 1 if error.reason is LlmFailure.TIME_OUT else 0
            is_dead = error.reason in _DEAD or self._time_outs >= _TIME_OUTS
            if now < self._paused_until or not (is_dead or error.reason is LlmFailure.RATE_LIMITED):
                return  # calls that were under way fail together: that is one failure
            pause = self._pause_seconds * 2 ** min(self._failures, _MAX_DOUBLINGS)
            if error.retry_after is not None:
                pause = max(error.retry_after, 0.0 if error.reason is LlmFailure.RATE_LIMITED else pause)
            self._failures += 1
            self._paused_until = now + pause
            self._last_message = str(error)
