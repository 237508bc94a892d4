"""Nouns that say of what kind an answer is: one value, several items, a way of doing something."""

from __future__ import annotations

VALUE_NOUNS = frozenset(
    """address age allowance amount author boss budget cap capacity charge ceiling colour color contact
    cost count date day deadline default deposit discount distance dose duration email e-mail
    encoding expiry extension fee fine firmware founder frequency handle hashtag head headcount
    height hostname hour hours id interval ip length level licence license limit location login
    maintainer margin maximum max minimum min model month motto name number odds owner passcode
    password penalty percentage phone pin port postcode price quota rate ratio refund release room
    salary score share shortcut size speed start status sum surcharge telephone temperature term
    threshold time timeout turnout url username value venue version volume wage website weight width
    winner year""".split()
)
"""What stands for a value: "wifi password", "deadline for refunds"."""

PLURAL_VALUES = frozenset(
    """chances coordinates costs dates days dimensions expenses fees hours measurements minutes months
    odds evenings mornings nights prices rates terms times weekdays weeks years""".split()
)
"""Plurals that one value answers: "opening hours"."""

LIST_NOUNS = frozenset(
    """advantages allergens attendees benefits candidates causes checklist colours components
    conditions consequences contents criteria dangers disadvantages downsides drawbacks duties
    examples exceptions exemptions facilities factors features goals grounds groups ideas
    ingredients inventory items kinds languages list lists members models names obligations
    obstacles options participants parts perks phases pitfalls precautions prerequisites principles
    prizes problems pros qualifications recommendations requirements responsibilities restrictions
    risks roles rules safeguards sections sites sorts sources speakers sponsors stages suppliers
    symptoms tasks things tips tools topics types upsides variants ways winners""".split()
)
"""What is answered by its items: "requirements for a stall"."""

CONCEPT_NOUNS = frozenset(
    "concept doctrine effect fallacy law metaphor method paradox principle syndrome theorem theory".split()
)
"""After a name they make a term to define: "the framing effect"."""
