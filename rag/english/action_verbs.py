"""Verbs that tell what to do, verbs that don't, and their forms in -ing and in s."""

from __future__ import annotations

ACTION_VERBS = frozenset(
    """accept achieve add adjust allow announce apply appoint approve arrange assemble assign attach
    avoid begin bring buy calculate calibrate cancel choose close collect come compile configure
    confirm connect convert create customise customize deactivate debug decide decline define delete
    deliver deploy descale detect determine disable discard disconnect disinfect dispose edit eject
    enable encrypt enrol enroll ensure enter erase escalate evaluate exclude expand extend fetch
    find finish follow generate get give handle hide identify implement improve include inform
    initialise initialize insert inspect install integrate invoke join keep learn let locate
    maintain make manage migrate minimise minimize modify notify obtain opt organise organize
    persuade prepare prevent produce protect prove provide publish put reach reactivate read rebuild
    receive reconnect recover recreate recycle redeem reduce refill refuse regenerate reinstall
    reject remove rename renew reopen replace resolve restart restore retrieve revert revoke rewrite
    save select send serve set settle shrink skip solve submit subscribe sync synchronise
    synchronize take tell terminate tidy toggle transform translate troubleshoot try turn unblock
    undo uninstall unlock unpack unsubscribe validate verify withdraw write""".split()
)
"""Base forms that name something to do and are rarely nouns: opening a question, they ask how."""

ACTION_VERBS_ALSO_NOUNS = frozenset(
    """access answer archive back block book boost build call care carry catch change charge check
    claim clean clear complete contact control copy correct count cover cut declare delay delegate
    display document download drain drive drop dry email empty exchange export feed file fill filter
    finance fix flag flash fold format forward freeze grant group guard guide hand heat help
    hire hold host import increase invite invoice issue kick label launch lead leave limit link list
    load lock log look lower mail map mark match measure meet mend merge monitor mount move mute
    name open order override pack park pass patch pause pay phone pin place plan play plug point
    post press print process promote pull purchase push quit quote raise reboot record refund
    register release rent repair reply report request reserve reset restrict retire return review
    ring roll rotate run sample scan schedule screen search secure sell share ship show shut sign
    sort speed split spot spread stand start stop store style support swap switch tag teach test
    track trade train transfer travel treat trigger update upgrade upload use view visit vote wash
    watch water wear wipe work wrap""".split()
)
"""Base forms that are as often nouns: only what follows tells ("report an outage", "report template")."""

STATE_VERBS = frozenset(
    """agree appear become belong consist contain depend describe draw earn exist expire explain fall
    go happen insist jump know last lie like live matter mean oblige offer own qualify regulate
    require say see sit speak specify suit want win""".split()
)
"""Base forms that name no action to carry out and are no nouns."""

STATE_VERBS_ALSO_NOUNS = frozenset("cause cost need state".split())

NOUNS_IN_ING = frozenset(
    """billing building catering cleaning clearing closing cooking funding giving handling hearing
    landing learning lighting listing meeting opening packing parking pricing printing processing
    reporting setting shipping spending staffing testing training wiring writing""".split()
)
"""Nouns with the form of a gerund."""

PHRASAL_PARTICLES = frozenset("away back down in off on out over through together up".split())


def gerund_base(word: str, verbs: frozenset[str]) -> str | None:
    """The verb of ``verbs`` whose folded form in -ing a word is.

    >>> gerund_base("setting", ACTION_VERBS), gerund_base("making", ACTION_VERBS)
    ('set', 'make')
    """
    if not word.endswith("ing"):
        return None
    return _first_in(verbs, word[:-3], word[:-3] + "e", word[:-4] if word[-5:-4] == word[-4:-3] else "")


def third_person_base(word: str, verbs: frozenset[str]) -> str | None:
    """The verb of ``verbs`` whose folded form of the third person a word is.

    >>> third_person_base("settles", ACTION_VERBS), third_person_base("applies", ACTION_VERBS)
    ('settle', 'apply')
    """
    if not word.endswith("s"):
        return None
    return _first_in(verbs, word[:-1], word[:-2], word[:-3] + "y" if word.endswith("ies") else "")


def _first_in(verbs: frozenset[str], *forms: str) -> str | None:
    return next((form for form in forms if form in verbs), None)
