"""Settings: values from the environment, errors, and descriptions for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from rag.errors import InvalidSettings
from rag.settings import LlmSettings, Settings, SiteKey, load
from rag.settings.names import misspelt_settings


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


def test_the_database_is_a_url_whose_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in an error nor where settings are printed."""
    monkeypatch.setenv("SAYWHERE_DATABASE_URL", "postgresql://u:verysecret@db.example/docs")
    assert "verysecret" not in repr(load())
    for wrong in ("mysql://u:verysecret@db.example/docs", "postgresql://u:verysecret@db.example"):
        monkeypatch.setenv("SAYWHERE_DATABASE_URL", wrong)
        with pytest.raises(InvalidSettings, match="SAYWHERE_DATABASE_URL: ") as error:
            load()
        assert "verysecret" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAYWHERE_READ__PASSAGES", "many"),
        ("SAYWHERE_SPLIT__MIN_WORDS", "151"),
        ("SAYWHERE_SPLIT__LEAST_WORDS", "60"),
        ("SAYWHERE_WIDGET__ORIGINS", '["https://docs.example.com/page"]'),
        ("SAYWHERE_READ", "no JSON"),
        ("SAYWHERE_LLM__PROVIDER", "openai_like"),
        ("SAYWHERE_LLM__CONTEXT_TOKENS", "100"),
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


def test_no_llm_is_asked_by_default() -> None:
    """None is set, and one that is set alone neither drafts nor rewrites."""
    assert load().llm.provider == "none"
    llm = LlmSettings(provider="ollama", base_url="http://localhost:11434", model="small")
    assert (llm.may_draft, llm.may_rewrite) == (False, False)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"base_url": "http://localhost"}, "MODEL"),
        ({"model": "small"}, "BASE_URL"),
        ({"model": "small", "base_url": "localhost:8080"}, "BASE_URL"),
        ({"model": "small", "base_url": "file:///etc/passwd"}, "BASE_URL"),
        ({"model": "m", "base_url": "http://localhost", "max_tokens": 5000}, "max_tokens"),
    ],
)
def test_an_llm_needs_a_model_and_an_address(more: dict[str, object], message: str) -> None:
    """The error says which setting is missing."""
    with pytest.raises(ValidationError, match=message):
        LlmSettings(provider="openai_like", **more)  # type: ignore[arg-type]


def test_the_llms_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the settings nor in an error of theirs."""
    settings = LlmSettings(provider="ollama", base_url="http://h", model="m", api_key="sk-hidden")  # type: ignore[arg-type]
    assert "sk-hidden" not in f"{settings!r} {settings}"
    with pytest.raises(ValidationError) as caught:
        LlmSettings(provider="openai_like", api_key="sk-hidden")  # type: ignore[arg-type]
    assert "sk-hidden" not in str(caught.value)
    monkeypatch.setenv("SAYWHERE_LLM__PROVIDER", "openai_like")
    monkeypatch.setenv("SAYWHERE_LLM__API_KEY", "sk-hidden")
    with pytest.raises(InvalidSettings) as invalid:
        load()
    assert "sk-hidden" not in str(invalid.value)


def test_an_unknown_name_of_a_group_is_an_error_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its environment variable."""
    monkeypatch.setenv("SAYWHERE_READ__PASAGES", "4")
    with pytest.raises(InvalidSettings) as raised:
        load()
    wanted = "SAYWHERE_READ__PASAGES: there is no such setting; did you mean SAYWHERE_READ__PASSAGES?"
    assert str(raised.value) == wanted


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SAYWHERE_DAT", "SAYWHERE_DATA"),
        ("SAYWHERE_READ_PASSAGES", "SAYWHERE_READ__PASSAGES"),
        ("saywhere_apikey", "SAYWHERE_API_KEY"),
        ("SAYWHERE_DATA", None),
        ("saywhere_data", None),
        ("SAYWHERE_READ", None),
        ("SAYWHERE_TOKEN", None),
        ("SAYWHERE_REPOSITORY", None),  # of no setting's name: another program's
        ("SAYWHERE_READ__PASAGES", None),  # an error of load
        ("HOME", None),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest(name: str, meant: str | None) -> None:
    """Settings, groups and other programs' names are not."""
    told = f"{name} is no setting and has no effect; did you mean {meant}?"
    assert misspelt_settings([name]) == ([told] if meant else [])
