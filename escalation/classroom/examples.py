"""What each control looked like in a recorded crisis: one sentence and its source, in one place.

An example shows what a control means. It is no evidence for its value, and nothing is fitted to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from escalation.language import say


@dataclass(frozen=True)
class Example:
    """A recorded crisis in which what a control stands for could be seen."""

    says: str
    source: str

    def words(self) -> str:
        """Return it as text, in the language of now."""
        return say(FORM, example=say(self.says), source=say(self.source))


FORM = "{example} ({source})"

BEAGLE = Example(
    "Beagle Channel 1978: days before a planned Argentine landing the Pope offered to mediate, and"
    " Argentina and Chile accepted him in January 1979.",
    "Act of Montevideo, 1979",
)
HAIG = Example(
    "South Atlantic 1982: the American secretary of state began to shuttle between London and Buenos"
    " Aires six days after the Argentine landing, and gave up at the end of the month.",
    "Foreign Relations of the United States 1981-88, vol. XIII",
)
STYLES = Example(
    "Oslo 1993: Norway hosted and carried messages; Dayton 1995: the United States drafted the terms and"
    " pressed all sides to sign.",
    "Oslo and Dayton accords",
)
TABLES = Example(
    "Simla 1972: India and Pakistan settled with nobody else at the table; Tashkent 1966: with the"
    " Soviet premier between them.",
    "Tashkent Declaration, 1966; Simla Agreement, 1972",
)
HORN = Example(
    "Ethiopia and Eritrea 1998-2000: the Organisation of African Unity and the United States came back with"
    " proposals after each refusal, for two years, until both signed at Algiers.",
    "Algiers Agreement, 2000",
)
SINAI = Example(
    "Sinai 1975: Egypt and Israel let American civilians man the early-warning posts between them, so that"
    " neither had to guess what the other did.",
    "Interim Agreement between Israel and Egypt, 1975",
)
ALGERIA = Example(
    "Tehran 1980: Iran, which would not negotiate with Washington directly, let Algeria carry its case,"
    " and both sides took the terms that Algeria proposed.",
    "Algiers Accords, 1981",
)
CAMP_DAVID = Example(
    "Camp David 1978: Egypt accepted the United States as mediator although it was closer to Israel,"
    " whose concessions it was thought able to obtain.",
    "Touval and Zartman, 1985",
)
TASHKENT = Example(
    "Tashkent 1966: a mediator with leverage on both; the Soviet premier brought India and Pakistan to"
    " withdraw to the lines of before the war.",
    "Foreign Relations of the United States 1964-68, vol. XXV, 278",
)
BERLIN = Example(
    "Berlin 1948-49: the Western powers supplied the city by air for eleven months, until the blockade"
    " was lifted.",
    "Shlaim, 1983",
)
PROMISE = Example(
    "Cuba 1962: having promised in public that the missiles must go, Kennedy could give up his own in"
    " Turkey only in secret.",
    "Foreign Relations of the United States 1961-63, vol. XI",
)
CAUTION = Example(
    "Cuba 1962: when an American aircraft was shot down on 27 October, Kennedy let the planned reprisal"
    " wait, and the missiles were withdrawn by agreement the next day.",
    "Foreign Relations of the United States 1961-63, vol. XI",
)
ALERT = Example(
    "October 1969: a secret American nuclear alert, by most accounts meant to press Moscow over Vietnam,"
    " brought no visible response.",
    "Sagan and Suri, 2003",
)
SIMLA = Example(
    "Since Simla 1972 India has held that its disputes with Pakistan are settled between the two, and"
    " has declined offers to mediate.",
    "Simla Agreement, 1972",
)
COD = Example(
    "Cod wars 1958-76: over fishing limits British and Icelandic ships rammed each other, and it came to"
    " no war; Cuba 1962: over missiles both sides prepared for one.",
    "Jónsson, 1982; Allison and Zelikow, 1999",
)
BURSTS = Example(
    "India and Pakistan: militarised acts on record come in bursts, as in 1965, 1971, 1987, 1990, 1999"
    " and 2001-02, with long quiet between them.",
    "Militarized Interstate Events",
)
SKIRMISHES = Example(
    "Line of Control 2016: after the raid of 29 September the two armies fired at each other again and"
    " again for many months.",
    "Jacob, 2018",
)
QUEMOY = Example(
    "Quemoy 1958: the mainland, which had opened fire on 23 August, went on firing day after day until"
    " October.",
    "Foreign Relations of the United States 1958-60, vol. XIX",
)
BALAKOT = Example(
    "February 2019: India bombed a target in Pakistan on the 26th, twelve days after an attack in"
    " Kashmir that killed 40; Pakistan answered from the air on the 27th.",
    "Dawn and The Hindu, 27 February 2019",
)
YEONPYEONG = Example(
    "Yeonpyeong 2010: shelled from the North, South Korean artillery fired back within the quarter of an"
    " hour; four people died on the island.",
    "news reports of 23 and 24 November 2010",
)
SOLEIMANI = Example(
    "January 2020: Iran answered the killing of one of its generals by the United States not on the day"
    " but after five, with missiles on two bases.",
    "news reports of 3 to 8 January 2020",
)
MOBILISED = Example(
    "December 2001: after the attack on its parliament India mobilised, Pakistan mobilised in return,"
    " and neither used the forces.",
    "Nayak and Krepon, 2006",
)
DEADLINE = Example(
    "Gulf 1991: a public deadline ran out on 15 January, and the air war began in the night to the 17th.",
    "Security Council resolution 678, 1990",
)
KASHMIR_LINE = Example(
    "Kashmir 1949: the ceasefire of 1 January held, with incidents, for sixteen years.",
    "Karachi Agreement, 1949",
)
PERU = Example(
    "South Atlantic 1982: Peru's proposals came to nothing on the day on which the cruiser General"
    " Belgrano was sunk and more than 300 of its crew died.",
    "Foreign Relations of the United States 1981-88, vol. XIII, 209",
)
HOLY_SEE = Example(
    "Beagle Channel 1979-84: as long as the Holy See sat between them, Argentina and Chile did not fight.",
    "Treaty of Peace and Friendship, 1984",
)
SUEZ = Example(
    "Suez 1956: Britain and France stopped when the United States withheld support for the pound.",
    "Kunz, 1991",
)
SINAI_FORCE = Example(
    "Egypt and Israel since 1979: a multinational force with American troops watches the peace that the"
    " United States had brokered, and it has held.",
    "Protocol on the Multinational Force and Observers, 1981",
)
MEASURES = Example(
    "December 2001: India recalled its high commissioner and announced the end of train and bus services"
    " to Pakistan, all on one day, eight days after the attack on its parliament.",
    "Nayak and Krepon, 2006",
)
TARIFFS = Example(
    "February 2019: on the day after the attack near Pulwama India withdrew Pakistan's trade status.",
    "Dawn and The Hindu, February 2019",
)
PILOT = Example(
    "March 2019: two days after the air battle Pakistan sent the captured Indian pilot home, and the"
    " strikes ended.",
    "The Hindu, 1 March 2019",
)
EXHAUSTED = Example(
    "Iran and Iraq 1988: after eight years of war Iran accepted the ceasefire that it had refused a year"
    " before.",
    "Security Council resolution 598, 1987",
)
FURY = Example(
    "September 2016: after 19 soldiers had been killed near Uri, the Indian government was under great"
    " public pressure to act, and made its raid public.",
    "news reports of September 2016",
)
THANT = Example(
    "Cuba 1962: an appeal of the acting Secretary-General let Moscow halt its ships at the request of"
    " the United Nations, not of the United States.",
    "Dorn and Pauk, 2009",
)
LADDER = Example(
    "Kashmir 1965: from clashes in the Rann of Kutch in April to infiltration in August and armies"
    " across the border in September, step by step.",
    "Ganguly, 2001",
)
KARGIL = Example(
    "Kargil 1999: India fought on its own side of the Line of Control, with heavy losses, and its"
    " aircraft did not cross it.",
    "Lavoy, 2009",
)
SHORT_WAR = Example(
    "South Atlantic 1982: from the British landing of 21 May on, strikes followed on nearly every day"
    " until the surrender of 14 June.",
    "Freedman, 2005",
)
FORCES = Example(
    "Imia/Kardak 1996: Greece and Turkey landed men on two islets and sent their fleets, and fired at"
    " nobody.",
    "the shipped case imia_kardak_1996",
)
CHANNELS = Example(
    "Kutch 1965: Britain proposed terms within weeks of the clashes, and India and Pakistan signed a"
    " ceasefire on 30 June.",
    "the shipped case kutch_1965",
)
ASKED = Example(
    "Kargil 1999: Pakistan's prime minister asked for a meeting in Washington, and left it with a promise to"
    " withdraw.",
    "Joint statement of 4 July 1999",
)
REFUSED = Example(
    "Kashmir 2016: after the raid of 29 September the Secretary-General offered his good offices, if"
    " both sides accepted them; India did not, and nothing came of it.",
    "Statement of the Secretary-General, 30 September 2016",
)
TWO_PATHS = Example(
    "Ethiopia and Eritrea 1998: a plan of the United States and Rwanda gave way to one of the"
    " Organisation of African Unity before both sides had accepted either.",
    "Congressional Research Service, RL30598, 2000",
)
URGED = Example(
    "May 1990: an American envoy went to Islamabad and Delhi to urge restraint, and both began to draw down.",
    "Hagerty, 1998",
)


def _shared(example: Example, names: Iterable[str]) -> dict[str, Example]:
    return dict.fromkeys(names, example)


EXAMPLES: Mapping[str, Example] = {
    "presence": BEAGLE,
    "enters_day": HAIG,
    "style": STYLES,
    "form": TABLES,
    "persistence": HORN,
    "credibility": SINAI,
    "trust": ALGERIA,
    "bias": CAMP_DAVID,
    "leverage": TASHKENT,
    "resolve": BERLIN,
    "audience": PROMISE,
    "risk_aversion": CAUTION,
    "signal_credibility": ALERT,
    "third_party_aversion": SIMLA,
    "stakes": COD,
    **_shared(BURSTS, ("alarm", "lull", "protest_lull")),
    **_shared(SKIRMISHES, ("tempo", "tempo_cap", "protest_tempo")),
    **_shared(QUEMOY, ("lead", "habit", "habit_prior", "momentum", "again")),
    **_shared(COD, ("stakes_acts", "stakes_days")),
    **_shared(BALAKOT, ("grievance", "riposte", "riposte_width", "heat_felt", "protest_grievance")),
    **_shared(BERLIN, ("resolve_acts",)),
    **_shared(DEADLINE, ("commitment_acts", "commitment")),
    **_shared(CAUTION, ("fear_restrains", "fear_of_escalation", "fear_conciliates")),
    **_shared(KASHMIR_LINE, ("ceasefire_lull",)),
    **_shared(HOLY_SEE, ("talks_lull", "talks_conciliate", "talks_lapse", "persistence_holds")),
    **_shared(SUEZ, ("leverage_restraint", "leverage_inducement", "leverage_presence")),
    **_shared(SINAI, ("information_restraint", "clarity", "credible_lean")),
    **_shared(YEONPYEONG, ("reply_force", "clash")),
    **_shared(SOLEIMANI, ("reply_strike",)),
    **_shared(MOBILISED, ("reply_other", "threat_threshold")),
    **_shared(TARIFFS, ("protest", "punishment_threshold")),
    **_shared(MEASURES, ("protest_again",)),
    **_shared(PILOT, ("conciliation", "reciprocity")),
    **_shared(
        EXHAUSTED, ("exhaustion_conciliates", "exhaustion_cap", "consent_exhaustion", "agree_exhaustion")
    ),
    **_shared(FURY, ("pressure", "pressure_hardens", "consent_pressure")),
    **_shared(PROMISE, ("audience_cost",)),
    **_shared(THANT, ("face_saving",)),
    **_shared(LADDER, ("ratchet", "step", "cost")),
    **_shared(KARGIL, ("open_threshold", "strike_threshold", "nuclear_shadow", "war_threshold")),
    **_shared(SHORT_WAR, ("campaign", "campaign_width", "war_persistence")),
    **_shared(FORCES, ("force_threshold",)),
    **_shared(ALERT, ("nuclear_taboo",)),
    **_shared(CHANNELS, ("focal_pull", "focal_step", "agree_formulation", "formulation_intrusiveness")),
    **_shared(STYLES, ("facilitation_intrusiveness", "talks_agree")),
    **_shared(TABLES, ("bilateral_discount",)),
    **_shared(BEAGLE, ("readiness_violence", "consent", "consent_fear")),
    **_shared(ASKED, ("readiness_asked",)),
    **_shared(REFUSED, ("refusal_deters", "refusal_days")),
    **_shared(HORN, ("lapse_refusal",)),
    **_shared(ALGERIA, ("consent_trust",)),
    **_shared(SIMLA, ("consent_aversion",)),
    **_shared(CAMP_DAVID, ("consent_bias",)),
    **_shared(TASHKENT, ("consent_leverage", "agree_leverage")),
    **_shared(TWO_PATHS, ("agree_company",)),
    **_shared(PERU, ("talks_collapse",)),
    **_shared(SINAI_FORCE, ("guarantee_formulation", "guarantee_leverage")),
    **_shared(URGED, ("urging",)),
}
"""By the name of a parameter or field; the presence of a mediator is `presence`."""


def example_of(path: str) -> Example:
    """Return the example of the control at a key path."""
    steps = path.split(".")
    return EXAMPLES["presence" if steps[0] == "mediators" and len(steps) == 2 else steps[-1]]
