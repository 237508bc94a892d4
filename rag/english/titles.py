"""Titles before names, written out and abbreviated."""

from __future__ import annotations

from rag.english.gender import Gender

_MALE = frozenset("baron congressman councilman duke emperor father fr king lord mr pope prince sir".split())
_FEMALE = frozenset(
    """baroness congresswoman councilwoman countess dame duchess empress lady miss mme mrs ms princess queen
    sister""".split()
)
_ANY_GENDER = frozenset(
    """adm admiral agent ambassador archbishop attorney bishop capt captain cardinal ceo cfo chair chairman
    chairwoman chancellor chief coach col colonel commissioner corporal count cto dean deputy detective
    director dr earl emir gen general gov governor imam inspector judge justice lieutenant lt maj major
    manager marshal mayor minister officer pastor premier president private prof professor prosecutor qb
    quarterback rabbi rector rep representative rev reverend secretary sen senator sergeant sgt sheikh sheriff
    speaker sultan superintendent tsar""".split()
)
TITLE_GENDERS = {**dict.fromkeys(_MALE, Gender.MALE), **dict.fromkeys(_FEMALE, Gender.FEMALE)}
TITLES = _ANY_GENDER | _MALE | _FEMALE
BEFORE_TITLES = frozenset(
    "assistant associate attorney chief deputy first lieutenant major police prime vice".split()
)
"""First words of titles of several words: "vice president", "police chief"."""

TITLE_ABBREVIATIONS = frozenset(
    """adm capt cmdr col cpl dr gen gov hon lt maj messrs mlle mme mr mrs ms mx pres prof rep rev sen sgt
    supt""".split()
)
"""Written with a full stop, which then ends no sentence: a name follows."""
