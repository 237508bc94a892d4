"""Settings: values from the environment, errors, and descriptions for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from rag.errors import InvalidSettings
from rag.settings import Settings, SiteKey, load


def descriptions(model: type[BaseModel]) -> Iterator[tuple[str, str | None]]:
    """Name and description of every setting of a model and its groups."""
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            yield from descriptions(group)
        else:
            yield f"{model.__name__}.{name}", field.description


@pytest.mark.parametrize(
    ("name", "description"),
    [*descriptions(Settings), *descriptions(SiteKey)],
    ids=lambda value: str(value)[:40],
)
def test_each_setting_is_described_in_a_sentence(name: str, description: str | None) -> None:
    """With a capital and a full stop, as the documentation prints it."""
    assert description, name
    assert description[0].isupper()
    assert description.endswith(".")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a group too; an override that isn't None takes precedence."""
    monkeypatch.setenv("SAYWHERE_THREADS", "2")
    monkeypatch.setenv("SAYWHERE_READ__PASSAGES", "4")
    assert load(threads=None).threads == 2
    assert load(threads=3).threads == 3
    assert load().read.passages == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAYWHERE_READ__PASSAGES", "many"),
        ("SAYWHERE_SPLIT__MIN_WORDS", "151"),
        ("SAYWHERE_SPLIT__LEAST_WORDS", "60"),
        ("SAYWHERE_WIDGET__ORIGINS", '["https://docs.example.com/page"]'),
        ("SAYWHERE_READ", "no JSON"),
    ],
)
def test_an_error_names_the_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A wrong type, an order that is wrong, an unknown name, no origin, no JSON."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=r"(?i)" + name.split("_")[1]):
        load()


@pytest.mark.parametrize(
    "url", ["docs.example.com", "ftp://docs.example.com", "https://", "https://a.example?b"]
)
def test_an_invalid_public_url_is_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A link that begins with it would lead nowhere."""
    monkeypatch.setenv("SAYWHERE_PUBLIC_URL", url)
    with pytest.raises(InvalidSettings, match="SAYWHERE_PUBLIC_URL"):
        load()
    monkeypatch.setenv("SAYWHERE_PUBLIC_URL", "https://docs.example.com/saywhere/")
    assert load().public_url == "https://docs.example.com/saywhere"
