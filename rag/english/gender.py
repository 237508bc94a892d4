"""The gender of a person as a word shows it."""

from __future__ import annotations

from enum import IntEnum


class Gender(IntEnum):
    """The gender of the person that a name, title, noun or pronoun is used of."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


PRONOUN_GENDERS = {"he": Gender.MALE, "she": Gender.FEMALE}
