"""People by token and by header: only what the provider or the proxy really says."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.datastructures import Headers

from api.errors import KeyNeeded
from api.security.people import People, ProviderKeys
from rag.settings import AccessSettings

ISSUER, AUDIENCE = "https://id.example", "saywhere"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SETTINGS = AccessSettings(
    jwks_url="https://id.example/keys", jwt_issuer=ISSUER, jwt_audience=AUDIENCE, user_header="X-User",
    groups_header="X-Groups",
)  # fmt: skip


def _jwks(*keys: tuple[str, rsa.RSAPrivateKey]) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm
    return {
        "keys": [
            {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"} for kid, key in keys
        ]
    }


def _people(fetch: Callable[[], dict[str, Any]] | None = None, settings: AccessSettings = SETTINGS) -> People:
    return People(settings, ProviderKeys(fetch or (lambda: _jwks(("k1", PRIVATE))), seconds=300))


def _token(key: Any = PRIVATE, algorithm: str = "RS256", kid: str | None = "k1", **changed: Any) -> str:
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 600,
        "groups": ["hr", "board"],
    } | changed  # fmt: skip
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None}, key, algorithm, headers=headers
    )


def test_a_token_names_a_person_and_groups() -> None:
    """By the claims ``sub`` and ``groups``; with one key the token needs no key id."""
    for token in (_token(), _token(kid=None)):
        person = _people().of_token(token)
        assert (person.subject, person.groups) == ("ada", {"hr", "board"})


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "other"}, {"aud": None}, {"sub": None},
        {"exp": int(time.time()) - 60}, {"exp": None}, {"key": OTHER}, {"kid": "k2"}, {"algorithm": "RS512"},
        {"nbf": 2**33}, {"sub": ["ada"]},
    ],
    ids=lambda changed: " ".join(changed),
)  # fmt: skip
def test_another_token_is_refused(changed: dict[str, Any]) -> None:
    """Of another issuer, audience, key or algorithm, expired, not valid yet, or without a claim."""
    with pytest.raises(KeyNeeded):
        _people().of_token(_token(**changed))


def test_a_token_without_a_real_signature_is_refused() -> None:
    """Neither unsigned, nor signed with the public key as if it were a secret, nor anything else."""
    public = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload, _ = _token().split(".")
    shared = urlsafe_b64encode(b'{"alg":"HS256","kid":"k1"}').rstrip(b"=").decode() + f".{payload}"
    signature = urlsafe_b64encode(hmac.digest(public, shared.encode(), "sha256")).rstrip(b"=").decode()
    for token in (
        _token(key=None, algorithm="none"),
        f"{shared}.{signature}",
        f"{header}.{payload}.{signature}",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        "a.b.c", "..", "x" * 20_000, f"{'é' * 5}.b.c",
    ):  # fmt: skip
        with pytest.raises(KeyNeeded):
            _people().of_token(token)


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["hr"]}}, {"hr"}),
        ("https://id.example/groups", {"https://id.example/groups": ["hr"]}, {"hr"}),
        ("groups", {"groups": "hr, board"}, {"hr", "board"}),
        ("groups", {"groups": {"hr": True}}, set()),
        ("groups", {"groups": None}, set()),
        ("groups", {"groups": [1, "", " hr "]}, {"hr"}),
    ],
)
def test_groups_come_in_several_forms(claim: str, claims: dict[str, Any], groups: set[str]) -> None:
    """A claim by its name or path; what is no list of names gives no group."""
    settings = SETTINGS.model_copy(update={"jwt_groups_claim": claim})
    assert _people(settings=settings).of_token(_token(**claims)).groups == groups


def test_a_new_key_is_fetched_and_an_old_one_dropped() -> None:
    """A key that isn't known is looked for again, but not with every request."""
    now, sets, fetched = [0.0], [_jwks(("k1", PRIVATE)), _jwks(("k2", OTHER))], []

    def fetch() -> dict[str, Any]:
        fetched.append(now[0])
        return sets[min(len(fetched), len(sets)) - 1]

    people = People(SETTINGS, ProviderKeys(fetch, seconds=300, clock=lambda: now[0]))
    people.of_token(_token())
    for _ in range(3):
        with pytest.raises(KeyNeeded):
            people.of_token(_token(key=OTHER, kid="k2"))
    assert len(fetched) == 1
    now[0] = 60.0
    assert people.of_token(_token(key=OTHER, kid="k2")).subject == "ada"
    with pytest.raises(KeyNeeded):
        people.of_token(_token())


def test_a_provider_that_fails_stops_nobody_known_before() -> None:
    """Its earlier keys stay; without any nobody is let in."""
    now, fails = [0.0], [True]

    def fetch() -> dict[str, Any]:
        if fails[0]:
            raise httpx.ConnectError("https://id.example/keys?secret=1")
        return _jwks(("k1", PRIVATE))

    people = People(SETTINGS, ProviderKeys(fetch, seconds=300, clock=lambda: now[0]))
    with pytest.raises(KeyNeeded):
        people.of_token(_token())
    fails[0], now[0] = False, 100.0
    people.of_token(_token())
    fails[0], now[0] = True, 1000.0
    assert people.of_token(_token()).subject == "ada"


def test_a_proxys_headers_name_a_person() -> None:
    """Once each: a second one may be its client's."""
    people = _people()
    person = people.of_headers(Headers({"X-User": " ada ", "X-Groups": "hr, ,board"}))
    assert person is not None
    assert (person.subject, person.groups) == ("ada", {"hr", "board"})
    assert people.of_headers(Headers({"X-Groups": "hr"})) is None
    for name in (b"x-user", b"x-groups"):
        raw = [(b"x-user", b"ada"), (b"x-groups", b"hr"), (name, b"board")]
        with pytest.raises(KeyNeeded, match="replace"):
            people.of_headers(Headers(raw=raw))
