"""The generated reference pages."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from api.cli import reference
from rag.settings import Settings

DOCS = Path(__file__).parents[4] / "docs"


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_committed_page_is_up_to_date(name: str) -> None:
    """If this fails: ``python -m api.cli.reference --write``."""
    assert (DOCS / name).read_text(encoding="utf-8") == reference.PAGES[name]()


def test_pages_do_not_depend_on_terminal_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither width nor colours, and neither a user's folders nor settings."""
    pages = {name: page() for name, page in reference.PAGES.items()}
    for variable, value in {
        "COLUMNS": "40",
        "FORCE_COLOR": "1",
        "XDG_CACHE_HOME": "/elsewhere",
        "SAYWHERE_DATA": "/elsewhere",
        "SAYWHERE_READ__PASSAGES": "3",
    }.items():
        monkeypatch.setenv(variable, value)
    assert {name: page() for name, page in reference.PAGES.items()} == pages


def test_every_setting_has_a_row() -> None:
    """Those of groups by their full name."""
    page = reference.settings_page()
    for name, field in Settings.model_fields.items():
        fields = getattr(field.annotation, "model_fields", None)
        for variable in [f"{name}__{sub}" for sub in fields] if fields else [name]:
            assert f"| `SAYWHERE_{variable.upper()}` |" in page


def test_check_fails_on_an_outdated_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--write writes the pages, after which --check passes; an edit makes it fail."""
    monkeypatch.setattr(reference, "DOCS", tmp_path)
    assert _status(check=True) == 1
    assert _status(write=True) == 0
    assert _status(check=True) == 0
    (tmp_path / "settings.md").write_text("edited", encoding="utf-8")
    assert _status(check=True) == 1


def _status(*, write: bool = False, check: bool = False) -> int:
    with pytest.raises(typer.Exit) as exit_:
        reference.main(write=write, check=check)
    return exit_.value.exit_code
