"""Given names, as they are written, with the gender that each is mostly given to.

The frequent ones of the US Census of 1990 (public domain), in ``given_names.json``; names that are as often
given to either gender have the gender UNKNOWN.
"""

from __future__ import annotations

import json
from pathlib import Path

from rag.english.gender import Gender

_GENDERS = {
    "either_names": Gender.UNKNOWN,
    "male_names": Gender.MALE,
    "female_names": Gender.FEMALE,
}
_LISTS = json.loads(Path(__file__).with_name("given_names.json").read_text("utf-8"))

GIVEN_NAMES = {name: gender for key, gender in _GENDERS.items() for name in _LISTS[key].split()}
