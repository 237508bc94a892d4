"""``saywhere config``: prints the settings, secrets masked."""

from __future__ import annotations

import json
from pathlib import Path

from rag.settings import load
from rag.settings.shown import shown_settings


def run(*, data: Path | None, only_set: bool, as_json: bool) -> int:
    """Prints a line for each setting, as the environment has it; those that aren't the default say so."""
    shown = [s for s in shown_settings(load(data=data)) if not (only_set and s.is_default)]
    if as_json:
        print(json.dumps({setting.name: setting.value for setting in shown}, ensure_ascii=False, indent=1))
        return 0
    for setting in shown:
        print(f"{setting.name}={setting.value}{'' if setting.is_default else '  # set'}")
    return 0
