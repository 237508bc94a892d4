"""Access: finds out who sends a request, and gives its route the service as they may see it.

==================  ===========================  ==========================================================
who                 known by                     may
==================  ===========================  ==========================================================
administrator       SAYWHERE_API_KEY, a key, a   everything
                    person of an admin group
program             a key (``saywhere keys``)    its scopes, in its collections; documents of its groups
person              a token (JWT) or a trusted   ask and search, ingest by group; documents of their groups
                    proxy's header
other site's page   a widget token               ask, in the token's collections
this machine        loopback, no credential set  everything
anybody             nothing                      ask and search, in public collections
==================  ===========================  ==========================================================

A document without readers may be seen by whoever may use its collection. A page of another site is never
known by what its browser adds by itself (a proxy's session, Basic), but by what it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from hmac import compare_digest
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.backend import Backend
from api.errors import AccessOff, KeyNeeded, NotAllowed, RateLimited
from api.security.caller import ADMINISTRATOR, THIS_MACHINE, Caller, CallerKind
from api.security.credentials import Credential, credential_of
from api.security.forwarding import is_forwarded
from api.security.keys import find_key
from api.security.origins import AskAccess, foreign_origin
from api.security.people import People, Person
from api.security.rate_limit import RateLimit
from api.security.trusted_peer import is_from_trusted_peer
from rag.ports.access_keys import AccessKey, KeyStore, Scope
from rag.settings import Settings
from rag.types.view import EVERYTHING, View

_READING = frozenset({Scope.ASK, Scope.SEARCH})
_NO_GROUPS: frozenset[str] = frozenset()


class Access:
    """Decides who a request is from and what they may do. One per application, for the event loop.

    Args:
        local: only this machine can reach the service: it may do everything while no credential is set.
        open_reading: whoever reaches the service may ask, search and read, documents with readers excepted.
    """

    def __init__(
        self,
        settings: Settings,
        keys: KeyStore,
        ask_access: AskAccess,
        *,
        local: bool,
        open_reading: bool,
        people: People | None = None,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._ask_access = ask_access
        self._local = local
        self._open_reading = open_reading
        self._people = people or People(settings.access)
        self._rates: dict[int, RateLimit] = {}

    def is_protected(self) -> bool:
        """Whether a credential is set, so that not even this machine may do anything without one."""
        settings = self._settings
        return settings.api_key is not None or settings.access.knows_people or not self._keys.is_empty()

    async def identify(self, request: Request) -> Caller:
        """Who sends a request; found once for each, and counted by their key's rate.

        Raises:
            KeyNeeded: a credential is wrong, expired or revoked.
            RateLimited: the key has used up its allowance.
        """
        caller = getattr(request.state, "caller", None)
        if caller is None:
            caller = request.state.caller = await self._identify(request)
        return cast(Caller, caller)

    def require(self, caller: Caller, request: Request, *scopes: Scope) -> None:
        """Returns if the caller may do this: has one of the scopes.

        Raises:
            NotAllowed: somebody known has none of them.
            AccessOff: no credential is set that could be sent.
            KeyNeeded: a credential must be sent.
        """
        if caller.may(*scopes):
            return
        if caller.is_known:
            raise NotAllowed(f"this needs the scope {' or '.join(scopes)}")
        if self.is_protected():
            raise KeyNeeded("send a key as: Authorization: Bearer KEY")
        if self._local and is_forwarded(request):
            raise AccessOff("set SAYWHERE_API_KEY and send it: this request came through a proxy")
        raise AccessOff("set SAYWHERE_API_KEY and send it, or serve on 127.0.0.1 alone")

    async def _identify(self, request: Request) -> Caller:
        foreign = foreign_origin(request.headers)
        credential = credential_of(request.headers)
        if credential is not None and foreign is not None and credential.by_browser:
            credential = None
        if credential is not None and (known := await self._by_credential(credential)) is not None:
            return known
        is_protected = self.is_protected()
        if credential is not None and is_protected and foreign is None:
            raise KeyNeeded("the key or token is wrong, expired or revoked")
        if foreign is None and is_from_trusted_peer(request):
            person = self._people.of_headers(request.headers)
            if person is not None:
                return self._of_person(person)
        if self._local and not is_protected and foreign is None and not is_forwarded(request):
            return THIS_MACHINE
        return self._anybody(foreign)

    async def _by_credential(self, credential: Credential) -> Caller | None:
        """The caller of a credential; None where it is none that is known here."""
        secret, api_key = credential.secret, self._settings.api_key
        if api_key is not None and compare_digest(secret.encode(), api_key.get_secret_value().encode()):
            return Caller(kind=CallerKind.KEY, name="SAYWHERE_API_KEY", scopes=ADMINISTRATOR, view=EVERYTHING)
        token = self._ask_access.token(secret)
        if token is not None:
            view = View(collections=frozenset(token.collections), groups=_NO_GROUPS)
            scopes = frozenset({Scope.ASK})
            return Caller(kind=CallerKind.PAGE, name=token.origin, scopes=scopes, view=view)
        key = find_key(self._keys, secret)
        if key is not None:
            self._count(key)
            return _of_key(key)
        if self._people.by_token and secret.count(".") == 2:
            return self._of_person(await run_in_threadpool(self._people.of_token, secret))
        return None

    def _of_person(self, person: Person) -> Caller:
        settings = self._settings.access
        is_admin = not person.groups.isdisjoint(settings.admin_groups)
        ingests = not person.groups.isdisjoint(settings.ingest_groups)
        return Caller(
            kind=CallerKind.PERSON,
            name=person.subject,
            scopes=ADMINISTRATOR if is_admin else _READING | ({Scope.INGEST} if ingests else set()),
            view=EVERYTHING if is_admin else View(groups=person.groups),
        )

    def _anybody(self, foreign: str | None) -> Caller:
        """Somebody unknown; a page of another site may ask what the widget's settings make public."""
        widget, public = self._settings.widget, frozenset(self._settings.access.public)
        collections = None if self._open_reading else public
        if foreign is not None and collections is not None:
            collections |= frozenset(widget.public)
        scopes = _READING if self._open_reading or public else frozenset()
        if foreign is not None:
            scopes |= {Scope.ASK}  # of which collection, the route's AskAccess says
        return Caller(
            kind=CallerKind.ANYBODY,
            scopes=scopes,
            view=View(collections=collections, groups=_NO_GROUPS),
        )

    def _count(self, key: AccessKey) -> None:
        if key.per_minute is None:
            return
        rate = self._rates.setdefault(key.per_minute, RateLimit(key.per_minute))
        seconds = rate.take(key.id)
        if seconds:
            raise RateLimited(seconds)


def _of_key(key: AccessKey) -> Caller:
    is_admin = Scope.ADMIN in key.scopes
    view = EVERYTHING if is_admin else View(collections=key.collections, groups=key.groups)
    return Caller(kind=CallerKind.KEY, name=key.id, scopes=key.scopes, view=view)


def access_of(request: Request) -> Access:
    """The application's."""
    return cast(Access, request.app.state.access)


def _seen_with(*scopes: Scope) -> Callable[[Request], Coroutine[Any, Any, Backend]]:
    """A dependency: the service as the caller may see it, if they have one of the scopes."""

    async def seen(request: Request) -> Backend:
        access = access_of(request)
        caller = await access.identify(request)
        if scopes:
            access.require(caller, request, *scopes)
        return cast(Backend, request.app.state.backend).seen_by(caller.view)

    return seen


async def _written(request: Request) -> Backend:
    access = access_of(request)
    caller = await access.identify(request)
    access.require(caller, request, Scope.INGEST)
    view = View(collections=caller.view.collections)
    return cast(Backend, request.app.state.backend).seen_by(view)


UsesBackend = Annotated[Backend, Depends(_seen_with())]
"""The service as the caller may see it, whoever they are: where the route decides, or there is no secret."""
AskedBackend = Annotated[Backend, Depends(_seen_with(Scope.ASK))]
"""The parameter of a route that answers questions."""
SearchedBackend = Annotated[Backend, Depends(_seen_with(Scope.SEARCH))]
"""The parameter of a route that finds or lists documents."""
ReadBackend = Annotated[Backend, Depends(_seen_with(Scope.ASK, Scope.SEARCH))]
"""The parameter of a route that shows one document: what an answer cites may be read."""
WrittenBackend = Annotated[Backend, Depends(_written)]
"""The parameter of a route that changes a document: who may write to a collection may change all of it."""
