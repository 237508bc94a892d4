"""The commands that pages show are ones that the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from api.cli.app import app
from tests.require import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "evals" / "datasets" / "README.md")
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.M | re.S)
_ENDS = {"|", ">", "&&", ";"}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Page and arguments of each ``saywhere …`` in a shell example, without pipes and comments."""
    for page in (*PAGES, *sorted((ROOT / "docs").glob("*.md"))):
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"(?:^|[|;&] *)saywhere ", line)[1:]:
                    words = shlex.split(part, comments=True)
                    end = next((n for n, word in enumerate(words) if word in _ENDS), len(words))
                    yield f"{page.name}: {' '.join(words[:end])}", words[:end]


COMMANDS = dict(commands())


def parse(arguments: list[str]) -> str:
    """The name of the command that arguments are for, without running it; raises where there is none."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("saywhere", list(arguments))
    while isinstance(command, TyperGroup):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, rest, parent=context)
    return str(command.name)


def test_pages_show_commands() -> None:
    """Ingesting, evaluating and drafting cases are among them."""
    shown = {tuple(words[:2]) for words in COMMANDS.values()}
    assert {("ingest", "docs/"), ("eval", "init"), ("eval", "lint"), ("eval", "add")} <= shown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_a_page_is_taken(name: str) -> None:
    """With all of its options and arguments."""
    assert parse(COMMANDS[name])


def test_a_command_that_does_not_exist_would_be_found() -> None:
    """Nor would an option that there isn't."""
    for arguments in (["evaluate", "x"], ["eval", "run", "x", "--page", "y"]):
        with pytest.raises(Exception, match="No such"):
            parse(arguments)
