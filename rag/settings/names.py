"""Names of settings, and names in the environment that are probably meant to be one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pydantic import BaseModel

from rag.settings.settings import Settings

PREFIX = "SAYWHERE_"
_OTHER_NAMES = frozenset({"SAYWHERE_TOKEN"})  # read by commands, no setting of the service
_LIKENESS = 0.8  # from which on two names are taken for the same, misspelt


def nearest_setting(name: str) -> str | None:
    """The environment variable of the setting whose name is most like this one; None where none is close.

    >>> nearest_setting("SAYWHERE_READ__PASAGES"), nearest_setting("SAYWHERE_REPOSITORY")
    ('SAYWHERE_READ__PASSAGES', None)
    """
    bare = {known.removeprefix(PREFIX): known for known in (*_settings(), *_OTHER_NAMES)}
    nearest = get_close_matches(name.upper().removeprefix(PREFIX), bare, n=1, cutoff=_LIKENESS)
    return bare[nearest[0]] if nearest else None


def misspelt_settings(names: Iterable[str]) -> list[str]:
    """A line for each name that is no setting but close to one, with the nearest.

    A name that is close to none may be another program's, and is left alone; one of a group, like
    ``SAYWHERE_READ__PASAGES``, is an error of ``load`` already.
    """
    known = {*_settings(), *_OTHER_NAMES}
    groups = tuple(f"{name}__" for name in _groups())
    lines = []
    for name in sorted(names):
        upper = name.upper()
        if upper in known or not upper.startswith(PREFIX) or upper.startswith(groups):
            continue
        nearest = nearest_setting(name)
        if nearest is not None:
            lines.append(f"{name} is no setting and has no effect; did you mean {nearest}?")
    return lines


def settings_variables() -> frozenset[str]:
    """The environment variables of all settings and groups."""
    return frozenset(_settings())


def _groups() -> dict[str, type[BaseModel]]:
    """The groups of settings by their environment variable."""
    return {
        f"{PREFIX}{name.upper()}": field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _settings() -> Iterator[str]:
    """The environment variable of every setting, and of every group given whole."""
    yield from (f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
    for variable, group in _groups().items():
        yield from (f"{variable}__{name.upper()}" for name in group.model_fields)
