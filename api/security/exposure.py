"""What a service is open to, and to whom: told at its start, and refused where nobody has decided it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rag.errors import InvalidSettings
from rag.ports.access_keys import KeyStore
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who reaches a service, by its settings and flags.

    Args:
        local: only this machine can reach it.
        open_reading: whoever reaches it may ask, search and read.
    """

    settings: Settings
    keys: KeyStore
    local: bool
    open_reading: bool

    def require_decision(self) -> None:
        """Returns if somebody has decided who may read what other machines can reach.

        Raises:
            InvalidSettings: nobody has; or people are to be known by a header that no proxy is trusted with.
        """
        access = self.settings.access
        if access.user_header is not None and not self.settings.trusted_proxies:
            raise InvalidSettings(
                "SAYWHERE_ACCESS__USER_HEADER: name the proxy that sets it in SAYWHERE_TRUSTED_PROXIES"
            )
        if self.local or self.open_reading or access.public or self._has_credentials():
            return
        raise InvalidSettings(
            "other machines can reach this service, and nothing says who may read its documents: set "
            "SAYWHERE_API_KEY, make keys (saywhere keys make), let people in by SAYWHERE_ACCESS__JWKS_URL or "
            "SAYWHERE_ACCESS__USER_HEADER, name public collections (SAYWHERE_ACCESS__PUBLIC), or open "
            "reading to whoever reaches it (--open-reading)"
        )

    def lines(self) -> list[str]:
        """What is open to whom, a line for each."""
        access, lines = self.settings.access, []
        if self.open_reading:
            lines.append("open to anybody: asking, searching and reading, documents with readers excepted")
        elif access.public:
            lines.append(f"open to anybody: asking, searching and reading {', '.join(access.public)}")
        if self.settings.api_key is not None:
            lines.append("open to SAYWHERE_API_KEY: everything")
        now = datetime.now(UTC)
        count = sum(key.is_valid(now) for key in self.keys.list())
        if count:
            lines.append(f"open to {count} of the keys that saywhere keys list shows: what each is for")
        if access.jwks_url is not None:
            lines.append(f"open to people with a token of {access.jwt_issuer}: the documents of their groups")
        if access.user_header is not None:
            lines.append("open to people whom a trusted proxy names: the documents of their groups")
        if self.local and not self._has_credentials():
            lines.append("open to this machine: everything, as no key is set")
        widget = self.settings.widget
        if widget.origins and widget.public:
            lines.append(f"open to pages of {', '.join(widget.origins)}: asking {', '.join(widget.public)}")
        for name, key in widget.keys.items():
            lines.append(f"open to pages of {', '.join(key.origins)} ({name}): {', '.join(key.collections)}")
        return lines

    def _has_credentials(self) -> bool:
        settings = self.settings
        return settings.api_key is not None or settings.access.knows_people or not self.keys.is_empty()
