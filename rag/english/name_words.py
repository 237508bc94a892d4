"""Words inside names: particles and suffixes of people's names, and words that no person's name has."""

from __future__ import annotations

from rag.english.calendar import MONTHS, WEEKDAYS

PARTICLES = frozenset("al ap bin da dan de del della den der di dos el ibn la le ten ter van von y".split())
SUFFIXES = frozenset("ii iii iv jr sr".split())
NOT_PERSONS = (
    frozenset(MONTHS)
    | frozenset(WEEKDAYS)
    | frozenset(
        """academy act africa african agency airlines airport airways alabama alaska amazon amendment america
        american apple arctic arena arizona arkansas army arts asia asian association atlantic
        australia australian avenue award awards band bank battle beach bears bill boston bowl
        bridge britain british broadway bros california canada canadian capital cardinals carolina
        castle cathedral catholic center centre century championship championships channel chicago
        china chinese christian christmas chronicle church city club co coast college colorado
        commission committee company conference congress connecticut conservative constitution
        corp corporation council county court cowboys cup daily dakota day delaware democrat
        democratic democrats department disney division dolphins dynasty eagles east easter
        eastern empire energy england english entertainment episode europe european facebook
        federal federation festival film films florida force forces foundation france french fund
        games gaza gazette german germany giants google great greek group guide hall hampshire
        hawaii health herald holdings hollywood hospital hotel house idaho illinois inc india
        indian indiana industries institute international internet iowa ireland irish islamic
        island islands israel italian italy japan japanese jewish journal kansas kentucky kingdom
        labour labs lake latin league liberal library lions llc london louisiana ltd magazine
        maine market maryland massachusetts medical mediterranean mexico michigan microsoft
        ministry minnesota mississippi missouri mobile montana month motors mount mountain museum
        music muslim national navy nebraska netflix network nevada new news north northern ocean
        office ohio oklahoma olympics orchestra oregon pacific palace park parliament partners
        party patriots pennsylvania pictures plan plc police post press prize program programme
        project province quarterly radio raiders rangers records region report republic republican
        republicans research restaurant review river road roman royal russia russian saints school
        science sciences scotland scottish sea season senate series services society software
        solutions south southern spain spanish sports square stadium state states station street
        strip studio studios systems team technologies technology telecom television temple
        tennessee texas theater theatre tigers times today tower treaty tribune tv twitter union
        united university utah valley vermont war warriors washington week weekly west western
        wisconsin world wyoming york youtube zealand""".split()
    )
)
"""A name with one of these is a place's, an organisation's, a work's or a day's."""

ALSO_SURNAMES = frozenset(
    """bridge castle christian church day england english french hall house ireland irish lake london north
    park street temple washington west""".split()
)
"""Of ``NOT_PERSONS``, those that are a surname after a given name: "Emily West"."""

ORIGINS = frozenset(
    """african american asian australian brazilian british canadian chinese conservative danish democratic
    dutch english european former french german indian irish israeli italian japanese korean labour
    liberal mexican norwegian polish republican russian scottish spanish swedish turkish ukrainian
    welsh""".split()
)
"""Nationalities, parties and "former": before a person's name, and no part of it."""

ORIGIN_ENDINGS = ("ian", "ish", "ese", "ean", "ans")
