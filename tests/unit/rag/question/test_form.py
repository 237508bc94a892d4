"""A question's wording says in what form it wants its answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.analysis import analyze_question
from rag.question.form import question_form
from rag.types import QuestionForm


def _cases(form: QuestionForm, text: str) -> list[object]:
    return [pytest.param(line.strip(), form, id=line.strip()) for line in text.strip().splitlines()]


FACTS = """
who do I call when the lift is stuck
which boat sails on Sundays?
which crew mends the sails?
Which process pays the crew?
which sails team has the key to the loft
what scares the gulls away?
What kind of varnish do we use?
When does the bus leave, is it before nine?
How often are the bins emptied?
How about the cellar?
how do you pronounce Ljubljana
What's the deadline for claims?
what are the opening hours of the kiosk
on which days is the kiosk open?
What's Dana's extension?
what is a reasonable tip?
What is the boat called that lies at pier two?
What was it painted with?
what is missing from the chest?
What was broken first?
what does a day ticket cost
what happens to my deposit?
name of the harbour master?
name the captain
wifi password
kiosk opening hours
number of berths that were free in the winter of the flood
Do I pay monthly or yearly?
is the rent due on the first or on the last?
My cabin has two bunks. Which one is mine?
when on a Sunday do we open?
The harbour master decides what?
can you tell me when the tide turns
for how long may I moor
"""
LISTS = """
who are the mentors for new starters?
What do I need to bring to the climbing wall?
what should I pack for the crossing
What should guests bring to the sauna?
what must a logbook contain?
What has to be on the label?
What is included in the mooring fee?
what goes into the first-aid box?
what are guests allowed to do in the loft?
what are our core values
What are three uses of tar?
what are good knots for a beginner?
what types of glue are banned?
what sort of knots do sailors learn
which ferries carry bikes
Which IT services are free for interns?
which of the ferries are wheelchair accessible?
In what ways can I pay?
what all is in the starter kit?
name the three trustees
Can you list the exits on the ground floor
give me a list of the allergens
could I have a list of approved suppliers
any exceptions for children?
requirements for a stall at the market
dogs that were banned from the beach last summer
I need to know which doors are alarmed
"""
STEPS = """
how do I reset my badge
How can we book a van?
how does the rota work?
how to descale the urn
Steps to close the till?
walk me through a refund
could you walk me through closing the shop
what's the procedure for lost keys?
what do I do when the alarm goes off
What should I do if a guest faints?
What can one do about the smell in the bilge?
what must the captain do once the anchor holds?
what has to be done before we cast off
In which order do I light the lamps?
What's the best way to store dahlias?
is there a way to mute the doorbell
put a new roll in the printer
reset my password
resetting my password
cancel membership
setting up the projector
report a leak
check whether the valve is shut
sign up for the newsletter
explain how to prune roses
I'd like to swap my shift
I lost my badge, what now?
The pump is dry, so how?
My card is stuck in the machine
somebody spilled tar on the deck
can't open the locker
Any tips?
With the jib torn what should I do
"""
REASONS = """
why is the gate locked?
how come the pool is closed
When I ring the bell nobody comes, why?
we file two copies. What for?
what's the point of the log book
What's the danger in painting over rust?
what is wrong with the old winch
What is the deposit for?
what made you switch banks?
What good does a second anchor do?
How did the club become so rich?
reason for the new fee?
explain why the gate is locked
"""
DEFINITIONS = """
what is a bowline
what's flotsam?
what on earth is flotsam
what are scuppers?
What does PFD stand for
what does "on the hard" mean?
what do you mean by heavy weather?
what counts as heavy weather
gybe meaning
definition of gybe
GYBE = ?
define ballast
SKIPPER - what is that
What does the bosun do?
what are scuppers for?
ballast vs keel
what's the difference between a ketch and a yawl
how does a ketch differ from a yawl
What is the Lantern Fund?
What is the "quiet hour"?
"""
OVERVIEWS = """
tell me about the boat shed
Tell us about pensions
I have a question about pensions
I'd like to know more about the crew fund
overview of the pension scheme
explain the bonus scheme
give me a summary of the dress code
What can you tell me about the archive?
what's the harbour act all about
anything on sabbaticals
info about parking
parental leave
vpn setup
pensions
"""
YES_OR_NO = """
can I bring my dog?
are dogs allowed
Do interns get sick pay?
am I insured on the ferry
isn't the shed locked at night?
can't I just use the side door
so is it ok if I leave early
ok to bring a guest?
any need to wear a tie?
If I miss the ferry, do I get my money back?
The ferry, which runs late, is full. May I take the bus?
the shop is closed on Mondays, right?
I can swap shifts with Bo?
my guest needs a pass?
tell me if I can park there
whether I can park there
"""
CASES = [
    *_cases(QuestionForm.FACT, FACTS),
    *_cases(QuestionForm.LIST, LISTS),
    *_cases(QuestionForm.HOW_TO, STEPS),
    *_cases(QuestionForm.WHY, REASONS),
    *_cases(QuestionForm.DEFINITION, DEFINITIONS),
    *_cases(QuestionForm.OVERVIEW, OVERVIEWS),
    *_cases(QuestionForm.YES_NO, YES_OR_NO),
]


@pytest.mark.parametrize(("question", "form"), CASES)
def test_a_question_has_the_form_of_its_wording(question: str, form: QuestionForm) -> None:
    """Full questions, requests, nouns and keywords alike; courtesies around it change nothing."""
    assert question_form(question) is form
    assert question_form(f"Hello there! {question}") is form


@pytest.mark.parametrize(("question", "form"), CASES)
def test_an_analysis_has_the_form_and_wants_sentences_for_all_but_facts(
    question: str, form: QuestionForm
) -> None:
    """A phrase would be no answer to any other form."""
    analysis = analyze_question(question, limit=200)
    assert analysis.form is form
    assert analysis.wants_sentences or form is QuestionForm.FACT


def test_a_plain_fact_wants_a_phrase() -> None:
    """And no sentences."""
    assert not analyze_question("who tuned the piano?", limit=200).wants_sentences


@given(st.text(max_size=80))
def test_any_text_has_a_form(text: str) -> None:
    """The same in any white space."""
    assert question_form(text) is question_form(f" {text}\n")
