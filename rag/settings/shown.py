"""Settings as they may be shown: secrets and passwords masked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, SecretStr

from rag.settings.settings import Settings
from rag.url_password import MASK, without_password


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """A setting by its environment variable, its value as text there, and whether it is the default."""

    name: str
    value: str
    is_default: bool


def shown_settings(settings: Settings) -> Iterator[ShownSetting]:
    """Every setting in the order of the documentation, secrets masked."""
    yield from _shown(settings, "SAYWHERE_")


def _shown(model: BaseModel, prefix: str) -> Iterator[ShownSetting]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        variable = f"{prefix}{name.upper()}"
        if isinstance(value, BaseModel):
            yield from _shown(value, f"{variable}__")
        else:
            default = field.get_default(call_default_factory=True, validated_data={})
            yield ShownSetting(name=variable, value=_text(value), is_default=value == default)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path | int | float):
        return without_password(str(value))
    return without_password(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: object) -> object:
    """The value as JSON has it, secrets within it masked."""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
