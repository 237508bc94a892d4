"""Ids of answers, signed, so that only answers that this service gave can be rated.

An id is ``ans_`` and 32 hex digits: 16 random ones, and 16 of their HMAC-SHA256 under the data folder's key.
"""

from __future__ import annotations

import hmac
from secrets import token_hex
from typing import Annotated, cast

from fastapi import Depends, Request

_PREFIX = "ans_"
_DIGITS = 16


class AnswerIds:
    """Issues ids and knows them again, also after a restart. ``key``: the secret of the data folder.

    >>> ids = AnswerIds(b"secret")
    >>> ids.is_issued(ids.issue()), ids.is_issued("ans_" + "0" * 32)
    (True, False)
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self) -> str:
        """A new id."""
        nonce = token_hex(_DIGITS // 2)
        return f"{_PREFIX}{nonce}{self._signature(nonce)}"

    def is_issued(self, answer_id: str) -> bool:
        """Whether an id was issued with this key."""
        digits = answer_id.removeprefix(_PREFIX)
        nonce, signature = digits[:_DIGITS], digits[_DIGITS:]
        return hmac.compare_digest(signature.encode(), self._signature(nonce).encode())

    def _signature(self, nonce: str) -> str:
        return hmac.digest(self._key, nonce.encode(), "sha256").hex()[:_DIGITS]


async def _answer_ids(request: Request) -> AnswerIds:
    return cast(AnswerIds, request.app.state.answer_ids)


UsesAnswerIds = Annotated[AnswerIds, Depends(_answer_ids)]
