"""Nouns for a person: occupations, family, roles."""

from __future__ import annotations

from rag.english.gender import Gender

_MEN = frozenset(
    """actor boy boyfriend brother businessman chairman dad father fireman gentleman grandfather grandson guy
    husband king lord man nephew policeman prince salesman son spokesman uncle""".split()
)
_WOMEN = frozenset(
    """actress aunt bride businesswoman daughter girl girlfriend granddaughter grandmother lady mom mother
    niece policewoman princess queen sister spokeswoman waitress widow wife woman""".split()
)
_ANY_GENDER = frozenset(
    """academic activist admiral agent ambassador analyst animator anthropologist architect artist assistant
    astronaut astronomer athlete attorney author baby banker barber bassist batsman biologist bishop
    blogger boss botanist bowler boxer broker buyer candidate captain carpenter cartoonist cellist ceo
    chair chairperson chairwoman champion chancellor character chef chemist chief child choreographer
    classmate client clown co-founder coach cofounder colleague colonel columnist comedian commander
    composer conductor consul cook cop cousin cricketer critic curator customer cyclist dancer
    defendant defender dentist designer detective diplomat director doctor driver drummer economist
    editor educator electrician emperor employee engineer entrepreneur envoy executive expert explorer
    fan farmer filmmaker firefighter fisherman footballer forward founder friend frontman general
    geologist goalkeeper golfer governor guard guitarist gymnast headmaster hero historian host hunter
    illustrator influencer inmate inventor investigator investor jockey journalist judge killer
    landlord landowner lawmaker lawyer leader lecturer legislator lexicographer librarian lieutenant
    linebacker magician manager mathematician mayor mechanic member merchant midfielder minister model
    monk murderer musician narrator neighbor neighbour nobleman nominee novelist nurse officer
    opponent owner painter paramedic parent partner patient person pharmacist philosopher photographer
    photojournalist physician physicist pianist pilot pitcher player playwright plumber poet
    politician pope predecessor presenter president priest principal prisoner producer professor
    prosecutor protagonist psychologist publisher quarterback racer ranger rapper realtor receiver
    reporter researcher rival rookie roommate ruler runner sailor saint scholar scientist screenwriter
    sculptor secretary seller senator sergeant servant sheriff singer skater slave sociologist soldier
    songwriter speaker spokesperson spy stranger streamer striker student successor
    surgeon suspect swimmer tailor teacher teenager tenant theologian therapist thief trader
    translator treasurer trooper trustee user vampire veterinarian victim villain violinist vocalist
    waiter winger winner witch witness wizard worker wrestler writer youtuber zoologist""".split()
)
PERSON_NOUN_GENDERS = {**dict.fromkeys(_MEN, Gender.MALE), **dict.fromkeys(_WOMEN, Gender.FEMALE)}
PERSON_NOUNS = _ANY_GENDER | _MEN | _WOMEN
