"""Widget tokens: of one process, and of several that share a key."""

from __future__ import annotations

from api.security.tokens import Tokens

ORIGIN = "https://docs.example.com"


def test_processes_with_one_key_take_each_others_tokens() -> None:
    """Those without one don't."""
    issued = Tokens(600, key=b"shared").issue(ORIGIN, ("default",))
    token = Tokens(600, key=b"shared").verify(issued)
    assert token is not None
    assert token.origin == ORIGIN
    assert Tokens(600, key=b"other").verify(issued) is None
    assert Tokens(600).verify(Tokens(600).issue(ORIGIN, ("default",))) is None
