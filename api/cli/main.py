"""The entry point ``saywhere``: runs a command, and turns its errors into one line and an exit status.

Exit status: 0 success, also where the documents hold no answer; 1 something failed, and a message names
it; 2 wrong use; 130 interrupted.
"""

from __future__ import annotations

import os
import sys

from api.cli.app import app
from rag.errors import InvalidQuestion, InvalidSettings, InvalidText, NoDataFolder, SaywhereError

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main() -> int:
    """Runs the command that the arguments name; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    _tell_misspelt_settings()
    try:
        app()
    except (InvalidQuestion, InvalidSettings, InvalidText, NoDataFolder) as error:
        return _fail(error, WRONG_USE)
    except SaywhereError as error:
        return _fail(error, FAILED)
    except SystemExit as exit_:
        if exit_.code == INTERRUPTED:
            print("saywhere: interrupted", file=sys.stderr)
        raise
    return 0


def _tell_misspelt_settings() -> None:
    """On standard error; the settings are imported only where one may be set."""
    names = [name for name in os.environ if name.upper().startswith("SAYWHERE_")]
    if names:
        from rag.settings.names import misspelt_settings

        for line in misspelt_settings(names):
            print(f"saywhere: {line}", file=sys.stderr)


def _fail(error: SaywhereError, status: int) -> int:
    print(f"saywhere: {error}", file=sys.stderr)
    return status
