"""The gender that a word tells of a person."""

from __future__ import annotations

from enum import IntEnum


class Gender(IntEnum):
    """What a name, a title, a noun or a pronoun says of the person it is used of."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


PRONOUN_GENDERS = {"he": Gender.MALE, "she": Gender.FEMALE}
