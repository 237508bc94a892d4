"""Finds who is named in a sentence, by the look of the words: titles, given names, occupations.

No model: a capitalised run is a person's name by its title ("Sheriff Grady Judd"), by a given name,
or, more weakly, by its length; words such as "County" or "University" say that it is something else.
Whether it is its clause's subject is told by the word before and the word after it, as the
knowledge-poor pronoun resolvers do (Mitkov 1998, doi:10.3115/980691.980712).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from rag.types import Span

_TOKEN = re.compile(r"[^\W_]++(?:[-'’](?!s\b)[^\W_]++)*+|['’]s\b|``|''|[^\w\s]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES_MALE = _words("mr sir lord king prince father fr emperor pope duke congressman councilman baron")
TITLES_FEMALE = _words(
    "mrs ms miss mme dame lady queen princess empress sister duchess congresswoman councilwoman baroness"
)
_TITLES = (
    TITLES_MALE
    | TITLES_FEMALE
    | _words(
        "dr prof professor president chancellor minister secretary senator sen representative rep governor"
        " gov mayor sheriff chief officer detective inspector captain capt major maj colonel col general gen"
        " admiral adm lieutenant lt sergeant sgt corporal private judge justice attorney prosecutor coach"
        " manager director ceo cto cfo chairman chairwoman chair speaker ambassador commissioner bishop"
        " archbishop cardinal rev reverend pastor rabbi imam saint st saint count countess earl tsar sultan"
        " emir sheikh premier superintendent deputy marshal quarterback qb agent dean rector"
    )
)
_BEFORE_TITLE = _words("vice prime deputy attorney chief associate assistant lieutenant first major police")
_NOT_PEOPLE = _words(
    "university college school institute academy inc corp corporation company co ltd llc plc party league"
    " club county city state states street road avenue river lake mountain mount island islands ocean sea"
    " department ministry office court house senate congress parliament commission committee council agency"
    " association federation union foundation society museum library hospital church cathedral temple palace"
    " castle park stadium arena airport station bridge war battle army navy force forces police award awards"
    " prize cup championship championships games olympics festival series season episode act bill treaty"
    " constitution amendment times post journal magazine news press television tv radio network channel films"
    " film pictures studios studio records music band orchestra theatre theater group team united bank fund"
    " market center centre north south east west northern southern eastern western new great day week month"
    " bowl conference division world international national federal royal american british english french"
    " german italian spanish russian chinese japanese indian canadian australian irish scottish european"
    " african asian christian catholic jewish muslim islamic latin greek roman republican republicans democrat"
    " democrats democratic conservative labour liberal monday tuesday wednesday thursday friday saturday"
    " sunday january february march april may june july august september october november december christmas"
    " easter america england france germany italy spain russia china japan india canada australia ireland"
    " scotland britain europe africa asia london paris york washington california texas florida chicago"
    " boston hollywood broadway internet google facebook twitter youtube microsoft apple amazon netflix disney"
)
_PREFIXES = _words(
    "american british english french german italian spanish russian chinese japanese indian canadian"
    " australian irish scottish welsh european african asian mexican brazilian dutch swedish norwegian danish"
    " polish turkish israeli ukrainian korean republican democratic conservative labour liberal former"
)
_FUNCTION = _words(
    "the a an this that these those he she it they we i you his her its their our my your him them us me in"
    " on at by for from with of to into onto upon over under after before since during until till while when"
    " where which who whom whose what why how if although though because unless as than but and or nor so yet"
    " not no there here then thus hence however also too still even just only once both either neither each"
    " every all some any many most few several such other another more less much own same very is are was"
    " were be been being has have had do does did can could will would shall should may might must about"
    " against among around between through throughout without within despite according including like unlike"
    " per via further furthermore moreover meanwhile additionally later earlier today yesterday tomorrow now"
    " recently eventually finally initially originally subsequently afterwards instead perhaps maybe yes"
    " originally born back following upon until together along besides beside beyond towards toward across"
    " when whenever wherever because whereas whether upon one two three four five six seven eight nine ten"
)
_CONNECTORS = _words(
    "and but or when while as that where because if although though since after before than"
    " until whereas which then so yet , ; : ( -- – — whom what how why once unless also"
)
_PREPOSITIONS = _words(
    "in on at by for from with of to into onto upon over under against among around between"
    " through throughout without within despite including like unlike per via about towards"
    " toward across behind beside beyond along following featuring during alongside"
)
_SAID = _words(
    "said says wrote writes added adds told tells asked asks replied explained argued argues claimed"
    " noted notes stated recalled concluded tweeted continued insisted"
)
_PARTICLES = _words("de da di del della der den van von la le al el bin ibn ap y dos")
_SUFFIXES = _words("jr sr ii iii iv")
_MEN = _words(
    "man boy father son brother husband uncle nephew grandfather grandson actor king prince"
    " businessman spokesman policeman gentleman guy boyfriend fireman salesman chairman dad lord"
)
_WOMEN = _words(
    "woman girl mother daughter sister wife aunt niece grandmother granddaughter actress queen"
    " princess businesswoman spokeswoman policewoman lady girlfriend waitress widow mom bride"
)
_ROLES = (
    _MEN
    | _WOMEN
    | _words(
        "person friend neighbour neighbor captain officer president singer songwriter musician rapper player"
        " coach teacher doctor lawyer judge reporter journalist spokesperson driver soldier writer author artist"
        " painter student professor director producer manager minister senator owner founder leader chief boss"
        " child baby teenager character hero villain protagonist narrator detective spy agent thief killer"
        " murderer victim suspect defendant witness patient nurse scientist engineer inventor explorer general"
        " colonel lieutenant sergeant commander admiral sheriff mayor governor chancellor secretary ambassador"
        " bishop priest pope monk saint emperor ruler pilot astronaut athlete footballer striker goalkeeper"
        " midfielder defender quarterback pitcher batsman bowler boxer wrestler swimmer runner champion winner"
        " host presenter comedian model designer architect composer conductor guitarist drummer bassist pianist"
        " vocalist frontman dancer poet novelist playwright philosopher historian economist politician activist"
        " candidate employee worker servant slave farmer merchant banker executive ceo chairwoman lawyer attorney"
        " prosecutor investigator expert analyst researcher critic editor columnist cousin partner colleague"
        " assistant successor predecessor rival opponent stranger guard prisoner inmate sailor user customer"
        " client buyer seller tenant landlord speaker chair member coach rookie forward winger linebacker receiver"
    )
)
_VERBS = _words(
    "is was has had can could will would may might must should shall does did became won made took"
    " gave went came got said says told wrote led left held ran began met found grew knew saw saw"
    " won lost built brought sent kept thought felt sold spent put set let sang drew threw rose fell"
    " drove chose spoke broke wore bore taught caught fought bought sought stood understood"
)


class Gender(IntEnum):
    """What a name, title or role says of its bearer."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark. ``quoted``: it lies inside quotation marks."""

    start: int
    end: int
    text: str
    lower: str
    quoted: bool = False

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Person:
    """A phrase that names, or describes, a person.

    ``name`` are the words of the name (titles and suffixes left out; empty for a description such
    as "a man"); ``span`` what to show, title included; ``role`` how near it is to being a subject.
    """

    span: Span
    name: tuple[str, ...]
    gender: Gender
    sure: bool
    role: float
    definite: bool = False
    titled: bool = False


SUBJECT, APPOSITION, POSSESSOR, OTHER = 1.0, 0.7, 0.45, 0.25


@lru_cache(maxsize=1)
def given_names() -> dict[str, Gender]:
    """Frequent given names with the gender they tell (US Census 1990, public domain)."""
    data = json.loads((Path(__file__).parent / "given_names.json").read_text("utf-8"))
    found = dict.fromkeys(data["either"].split(), Gender.UNKNOWN)
    found |= dict.fromkeys(data["male"].split(), Gender.MALE)
    return found | dict.fromkeys(data["female"].split(), Gender.FEMALE)


def tokens(text: str, span: Span, quoted: bool = False) -> tuple[list[Token], bool]:
    """The words and marks of a sentence, and whether a quotation is still open at its end.

    ``quoted`` says whether one is open at its start. Straight marks open and close in turn.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        if word in ('"', "“", "”", "``", "''", "«", "»", "„"):
            quoted = word in ("“", "``", "«", "„") or (word == '"' and not quoted)
            found.append(Token(match.start(), match.end(), word, word, True))
        else:
            found.append(Token(match.start(), match.end(), word, word.lower(), quoted))
    return found, quoted


def people(sentence: Sequence[Token]) -> list[Person]:
    """The people a sentence names or describes outside quotation marks, in order."""
    found: list[Person] = []
    at = 0
    while at < len(sentence):
        token = sentence[at]
        if token.quoted:
            at += 1
        elif token.capital and token.lower not in _FUNCTION:
            end = _run_end(sentence, at)
            person = _named(sentence, at, end)
            if person:
                found.append(person)
            at = end
        else:
            if token.lower in _ROLES:
                person = _described(sentence, at)
                if person:
                    found.append(person)
            at += 1
    return found


def _run_end(sentence: Sequence[Token], start: int) -> int:
    """One past the capitalised run that begins here: "Dr. J. de la Cruz, Jr." is one run."""
    at = start + 1
    while at < len(sentence):
        token = sentence[at]
        last = sentence[at - 1]
        if (
            (token.text == "." and (len(last.text) == 1 or last.lower in _TITLES | _SUFFIXES))
            or (token.capital and token.lower not in _FUNCTION and not token.quoted)
            or (token.lower in _PARTICLES and _capital_at(sentence, at + 1))
            or (
                token.lower in _PARTICLES
                and at + 1 < len(sentence)
                and sentence[at + 1].lower in _PARTICLES
                and _capital_at(sentence, at + 2)
            )
        ):
            at += 1
        elif token.text == "," and at + 1 < len(sentence) and sentence[at + 1].lower in _SUFFIXES:
            at += 2
        else:
            break
    return at


def _capital_at(sentence: Sequence[Token], at: int) -> bool:
    return at < len(sentence) and sentence[at].capital and sentence[at].lower not in _FUNCTION


def _named(sentence: Sequence[Token], start: int, end: int) -> Person | None:
    """The person a capitalised run names, if it does."""
    first, titled, gender = start, False, Gender.UNKNOWN
    for at in range(start, end):
        lower = sentence[at].lower
        if lower in _TITLES and at + 1 < end:
            titled = True
            first = at + 1
            if sentence[first].text == ".":
                first += 1
            if lower in TITLES_MALE:
                gender = Gender.MALE
            elif lower in TITLES_FEMALE:
                gender = Gender.FEMALE
    shown = first
    while shown > start and (
        sentence[shown - 1].lower in _TITLES | _BEFORE_TITLE or sentence[shown - 1].text == "."
    ):
        shown -= 1
    while first < end and not titled and sentence[first].lower in _PREFIXES:
        first += 1
        shown = first
    if first >= end:
        return None
    name = tuple(t.text for t in sentence[first:end] if t.text[0].isalpha() and t.lower not in _SUFFIXES)
    if not name or not _may_be_person(sentence, start, first, end, name, titled):
        return None
    known = given_names().get(name[0])
    if gender is Gender.UNKNOWN and known is not None and (len(name) > 1 or not titled):
        gender = known
    role_word = sentence[start - 1].lower if start else ""
    if gender is Gender.UNKNOWN:
        gender = Gender.MALE if role_word in _MEN else Gender.FEMALE if role_word in _WOMEN else gender
    sure = titled or known is not None or role_word in _ROLES
    sure = sure or (end < len(sentence) and sentence[end].lower in _SAID)
    sure = sure or (start > 0 and sentence[start - 1].lower in _SAID)
    return Person(
        span=Span(sentence[shown].start, sentence[end - 1].end),
        name=name,
        gender=gender,
        sure=sure,
        role=_role(sentence, start, end),
        titled=titled,
    )


def _may_be_person(
    sentence: Sequence[Token], start: int, first: int, end: int, name: tuple[str, ...], titled: bool
) -> bool:
    if len(name) > 5 or any(word.lower() in _NOT_PEOPLE for word in name):
        return False
    if any(len(word) > 2 and word.isupper() for word in name):
        return False
    if any(any(c.isdigit() for c in word) for word in name):
        return False
    if titled:
        return True
    before = sentence[start - 1].lower if start else ""
    return before not in ("the", "a", "an", "this", "in", "#", "@")


def _described(sentence: Sequence[Token], at: int) -> Person | None:
    """The person that "a tall man" or "his father" describes; None where a name follows."""
    if _capital_at(sentence, at + 1) or (at + 1 < len(sentence) and sentence[at + 1].lower in _ROLES):
        return None
    start = at
    while start > 0 and at - start < 4 and sentence[start].lower not in _DETERMINERS:
        start -= 1
        if sentence[start].lower in _FUNCTION - _DETERMINERS or not sentence[start].text[0].isalpha():
            return None
    if sentence[start].lower not in _DETERMINERS:
        return None
    lower = sentence[at].lower
    return Person(
        span=Span(sentence[start].start, sentence[at].end),
        name=(),
        gender=Gender.MALE if lower in _MEN else Gender.FEMALE if lower in _WOMEN else Gender.UNKNOWN,
        sure=True,
        role=_role(sentence, start, at + 1),
        definite=sentence[start].lower in ("the", "this", "that"),
    )


_DETERMINERS = _words("the a an this that his her their another one its")


def _role(sentence: Sequence[Token], start: int, end: int) -> float:
    """How likely a phrase is its clause's subject, by the words around it."""
    after = sentence[end].lower if end < len(sentence) else "."
    if after in ("'s", "’s"):
        return POSSESSOR
    before = _head_start(sentence, start)
    opener = sentence[before - 1].lower if before else ""
    if opener in _SAID and after in (",", ".", ";", "who", "in", "on", "of", "at"):
        return SUBJECT
    if opener in _PREPOSITIONS or (opener in ("and", "or") and after in (".", ",")):
        return OTHER
    verbal = after in _VERBS or (
        after.endswith(("ed", "s", "ly")) and after.isalpha() and after not in _PREPOSITIONS
    )
    if not before or opener in _CONNECTORS:
        if verbal:
            return SUBJECT
        if after in (",", "(", "who", "and"):
            return APPOSITION if before else 0.9
        return APPOSITION if not before else 0.5
    return 0.5 if verbal else OTHER


def _head_start(sentence: Sequence[Token], start: int) -> int:
    """Where the noun phrase that a name closes begins: "the British actor | Tom Hanks"."""
    at = start
    if at and sentence[at - 1].lower in _ROLES:
        while at and start - at < 5 and sentence[at - 1].text[0].isalpha():
            lower = sentence[at - 1].lower
            if lower in _DETERMINERS:
                return at - 1
            if lower in _FUNCTION or lower in _SAID:
                break
            at -= 1
    return at
