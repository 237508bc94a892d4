"""Who sends a request: what they may do, and which documents they may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from fastapi import Request

from api.errors import KeyNeeded
from rag.errors import UnknownCollection
from rag.ports.access_keys import Scope
from rag.types.view import EVERYTHING, View

NOTHING = View(collections=frozenset(), groups=frozenset())


class CallerKind(StrEnum):
    """By what a caller is known."""

    MACHINE = "machine"  # the service's own, where no credential is set
    KEY = "key"
    PERSON = "person"
    PAGE = "page"  # of another site, by a widget token
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sends a request. ``name`` is a key's id, a person's subject or a page's origin."""

    kind: CallerKind
    name: str = ""
    scopes: frozenset[Scope] = frozenset()
    view: View = NOTHING

    @property
    def is_known(self) -> bool:
        """Whether a credential, or the machine that it comes from, says who it is."""
        return self.kind in (CallerKind.MACHINE, CallerKind.KEY, CallerKind.PERSON)

    @property
    def label(self) -> str:
        """The caller in logs, as ``key:1f2e3d4c``."""
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    def may(self, *scopes: Scope) -> bool:
        """Whether the caller has one of the scopes."""
        return Scope.ADMIN in self.scopes or not self.scopes.isdisjoint(scopes)

    def require_collection(self, collection: str) -> None:
        """Returns if the caller may use a collection.

        Raises:
            UnknownCollection: a known caller may not: it learns nothing of whether it is there.
            KeyNeeded: somebody unknown may not.
        """
        if self.view.has(collection):
            return
        if self.is_known:
            raise UnknownCollection(f"there is no collection {collection!r}")
        raise KeyNeeded(f"the collection {collection!r} is not public: send a key that is for it")


ADMINISTRATOR = frozenset({Scope.ADMIN})
THIS_MACHINE = Caller(kind=CallerKind.MACHINE, scopes=ADMINISTRATOR, view=EVERYTHING)


def caller_of(request: Request) -> Caller:
    """The caller that ``Access`` has found for this request; somebody without any right until then."""
    return cast(Caller, getattr(request.state, "caller", Caller(kind=CallerKind.ANYBODY)))
