"""The credential of a request: the Authorization header, as a bearer's or as a browser sends it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as InvalidBase64
from dataclasses import dataclass

from starlette.datastructures import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A secret. ``by_browser``: sent by a browser on its own account, with every request (Basic)."""

    secret: str
    by_browser: bool = False


def credential_of(headers: Headers) -> Credential | None:
    """The credential; None where there is none that can be read.

    With Basic (RFC 7617), which a browser asks for, the password is the key, and the name says nothing.
    """
    scheme, _, value = headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value:
        return Credential(secret=value)
    if scheme.lower() == "basic":
        try:
            password = b64decode(value, validate=True).decode("utf-8").partition(":")[2]
        except (InvalidBase64, UnicodeDecodeError):
            return None
        return Credential(secret=password, by_browser=True) if password else None
    return None
