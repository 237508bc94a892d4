"""The entry point ``saywhere``: runs a command, and turns its errors into one line and an exit status.

Exit status: 0 success, also where the documents hold no answer; 1 something failed, and a message names
it; 2 wrong use; 130 interrupted.
"""

from __future__ import annotations

import sys

from api.cli.app import app
from rag.errors import InvalidQuestion, InvalidSettings, InvalidText, SaywhereError

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main() -> int:
    """Runs the command that the arguments name; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except (InvalidQuestion, InvalidSettings, InvalidText) as error:
        return _fail(error, WRONG_USE)
    except SaywhereError as error:
        return _fail(error, FAILED)
    except SystemExit as exit_:
        if exit_.code == INTERRUPTED:
            print("saywhere: interrupted", file=sys.stderr)
        raise
    return 0


def _fail(error: SaywhereError, status: int) -> int:
    print(f"saywhere: {error}", file=sys.stderr)
    return status
