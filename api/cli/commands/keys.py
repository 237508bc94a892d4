"""``saywhere keys``: makes, lists and revokes keys. A running server sees each change at once."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.audit import open_audit_log
from api.cli.commands.terminal import one_line
from api.security.keys import make_key
from rag.errors import UnknownKey
from rag.ports.access_keys import AccessKey, Scope
from rag.settings import Settings, load
from rag.wiring import KEYS, has_catalog, open_access_keys


def make(
    name: str,
    *,
    data: Path | None,
    scopes: Sequence[Scope],
    collections: Sequence[str],
    groups: Sequence[str],
    per_minute: int | None,
    days: int | None,
) -> int:
    """Prints the key, which is shown this once, on standard output, and what it is for beside it."""
    settings = load(data=data)
    with closing(open_access_keys(settings)) as store:
        key, text = make_key(
            store,
            name,
            scopes,
            collections=collections or None,
            groups=groups,
            per_minute=per_minute,
            expires_at=None if days is None else datetime.now(UTC) + timedelta(days=days),
        )
    _audit(settings, "key made", key)
    print(text)
    print(f"saywhere: {_line(key)}; it isn't shown again", file=sys.stderr)
    return 0


def show(*, data: Path | None, as_json: bool) -> int:
    """Prints every key, without its secret."""
    settings = load(data=data)
    keys: Sequence[AccessKey] = ()
    if _has_keys(settings):
        with closing(open_access_keys(settings, read_only=True)) as store:
            keys = store.list()
    if as_json:
        print(json.dumps([to_dict(key) for key in keys], ensure_ascii=False, indent=1))
    for key in () if as_json else keys:
        print(_line(key))
    if not keys and not as_json:
        print("no key was made yet: saywhere keys make NAME --scope ask")
    return 0


def revoke(key_id: str, *, data: Path | None) -> int:
    """Revokes a key for good. Raises UnknownKey."""
    settings = load(data=data)
    if not _has_keys(settings):
        raise UnknownKey(f"there is no key {key_id!r}")
    with closing(open_access_keys(settings)) as store:
        key = store.revoke(key_id, datetime.now(UTC))
    _audit(settings, "key revoked", key)
    print(f"revoked {_line(key)}")
    return 0


def to_dict(key: AccessKey) -> dict[str, object]:
    """What is known of a key, as JSON has it."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "collections": None if key.collections is None else sorted(key.collections),
        "groups": sorted(key.groups),
        "per_minute": key.per_minute,
        "created_at": key.created_at.isoformat(timespec="seconds"),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(timespec="seconds"),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(timespec="seconds"),
    }


def _line(key: AccessKey) -> str:
    parts = [f"{key.id}  {one_line(key.name)}: {', '.join(sorted(key.scopes))}"]
    if key.collections is not None:
        parts.append(f"in {', '.join(map(one_line, sorted(key.collections)))}")
    if key.groups:
        parts.append(f"as {', '.join(map(one_line, sorted(key.groups)))}")
    if key.per_minute is not None:
        parts.append(f"{key.per_minute} a minute")
    if key.revoked_at is not None:
        parts.append(f"revoked {key.revoked_at:%Y-%m-%d}")
    elif key.expires_at is not None:
        is_over = key.expires_at <= datetime.now(UTC)
        parts.append(f"{'expired' if is_over else 'expires'} {key.expires_at:%Y-%m-%d}")
    return "; ".join(parts)


def _has_keys(settings: Settings) -> bool:
    """Whether there may be a key; where there is none, nothing is made to find that out."""
    return (settings.data / KEYS).is_file() if settings.database_url is None else has_catalog(settings)


def _audit(settings: Settings, what: str, key: AccessKey) -> None:
    log = open_audit_log(settings)
    if log is not None:
        log.write({"who": f"command:{_user()}", "event": what, "key": key.id, "scopes": sorted(key.scopes)})


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return "unknown"
