"""The register of references: each work once, with what makes it one of those that a result rests on.

A DOI is given only where it was looked up. Software has the version that computed the results, which its
entry here does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Topic = Literal["data", "model", "method", "software"]

TOPICS: dict[Topic, str] = {
    "data": "Data",
    "model": "The model",
    "method": "Methods",
    "software": "Software",
}
"""The groups in which references are listed, with their headings."""

ALWAYS = "always"
"""The mark of what every result rests on; all other marks are given to a result by `cited`."""

_BIBTEX = {"article": "journal", "inproceedings": "booktitle", "book": "publisher", "misc": "howpublished"}
_ESCAPED = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_"}


@dataclass(frozen=True)
class Reference:
    """A work that is cited."""

    key: str
    topic: Topic
    mark: str
    """What uses it."""
    use: str
    """What it is used for, in a few words."""
    authors: tuple[str, ...]
    """Each as 'Family, Given'; an organisation or a project without a comma."""
    year: int | None
    title: str
    venue: str
    """The journal, the proceedings, the publisher, or the place of a data set."""
    kind: Literal["article", "inproceedings", "book", "misc"] = "article"
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""

    def text(self, version: str = "") -> str:
        """Return the reference as a line of text."""
        date = "n.d." if self.year is None else str(self.year)
        said = f"{_listed(self.authors)} ({date}). {self.title.rstrip('.')}."
        said += f" Version {version}." if version else ""
        where = self.venue
        if self.volume:
            where += f" {self.volume}" + (f"({self.number})" if self.number else "")
        if self.pages:
            where += f", {self.pages}"
        said += f" {where}." if where else ""
        return f"{said} {self.link}" if self.link else said

    @property
    def link(self) -> str:
        """Return the address at which it is found; empty if none is known."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def bibtex(self, version: str = "") -> str:
        """Return the reference as an entry of BibTeX."""
        fields = {
            "author": " and ".join(name if "," in name else f"{{{name}}}" for name in self.authors),
            "title": f"{{{self.title}}}",
            "year": "" if self.year is None else str(self.year),
            _BIBTEX[self.kind]: self.venue,
            "volume": self.volume,
            "number": self.number,
            "pages": self.pages.replace("-", "--"),
            "note": f"Version {version}" if version else "",
        }
        lines = [f"  {name} = {{{_escaped(value)}}}," for name, value in fields.items() if value]
        # Readers of BibTeX take these as they are.
        lines += [
            f"  {name} = {{{value}}}," for name, value in (("doi", self.doi), ("url", self.url)) if value
        ]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])


def _listed(authors: tuple[str, ...]) -> str:
    """Return the authors as 'Family, G. H., Family, G. and Family, G.'."""
    short = []
    for author in authors:
        family, comma, given = author.partition(", ")
        initials = " ".join(f"{part[0]}." for part in re.split(r"[ -]", given) if part)
        short.append(f"{family}, {initials}" if comma else family)
    return " and ".join([", ".join(short[:-1]), short[-1]]) if len(short) > 1 else short[0]


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


REFERENCES: tuple[Reference, ...] = (
    # ------------------------------------------------------------------------------------------------ data
    Reference(
        "gibler_miller_mie", "data", "mie", "acts and waits to which the weights were fitted",
        ("Gibler, Douglas M.", "Miller, Steven V."), None,
        "Militarized Interstate Events (MIE), version 1.0", "International Conflict Data Project", "misc",
        url="https://internationalconflict.ua.edu/data-download/",
    ),
    Reference(
        "gibler_miller_2022", "data", "mie", "how the events were collected",
        ("Gibler, Douglas M.", "Miller, Steven V."), 2022,
        "The Militarized Interstate Confrontation (MIC) dataset, 1816-2014", "Journal of Conflict Resolution",
        doi="10.1177/00220027221104704",
    ),
    Reference(
        "icb_v15", "data", "icb", "responses, mediation and agreements to which the weights were fitted",
        ("Brecher, Michael", "Wilkenfeld, Jonathan", "Beardsley, Kyle", "James, Patrick", "Quinn, David"),
        None, "International Crisis Behavior data, version 15", "ICB Project, Duke University", "misc",
    ),
    # ----------------------------------------------------------------------------------------------- model
    Reference(
        "butts_2008", "model", ALWAYS, "hazards of acts, and the choice among them",
        ("Butts, Carter T.",), 2008, "A relational event framework for social action",
        "Sociological Methodology", volume="38", number="1", pages="155-200",
        doi="10.1111/j.1467-9531.2008.00203.x",
    ),
    Reference(
        "stadtfeld_2017", "model", ALWAYS, "first when an actor acts, then what it does",
        ("Stadtfeld, Christoph", "Hollway, James", "Block, Per"), 2017,
        "Dynamic network actor models: investigating coordination ties through time",
        "Sociological Methodology", volume="47", number="1", pages="1-40", doi="10.1177/0081175017709295",
    ),
    Reference(
        "fearon_1994", "model", ALWAYS, "audience costs",
        ("Fearon, James D.",), 1994,
        "Domestic political audiences and the escalation of international disputes",
        "American Political Science Review", volume="88", number="3", pages="577-592", doi="10.2307/2944796",
    ),
    Reference(
        "schelling_1966", "model", ALWAYS, "threats and commitment",
        ("Schelling, Thomas C.",), 1966, "Arms and Influence", "Yale University Press", "book",
    ),
    Reference(
        "kahn_1965", "model", ALWAYS, "the ladder",
        ("Kahn, Herman",), 1965, "On Escalation: Metaphors and Scenarios", "Praeger", "book",
    ),
    Reference(
        "kydd_2003", "model", ALWAYS, "bias and credibility of a mediator",
        ("Kydd, Andrew",), 2003, "Which side are you on? Bias, credibility, and mediation",
        "American Journal of Political Science", volume="47", number="4", pages="597-611",
    ),
    Reference(
        "beardsley_2006", "model", ALWAYS, "styles of mediation",
        ("Beardsley, Kyle C.", "Quinn, David M.", "Biswas, Bidisha", "Wilkenfeld, Jonathan"), 2006,
        "Mediation style and crisis outcomes", "Journal of Conflict Resolution",
        volume="50", number="1", pages="58-86", doi="10.1177/0022002705282862",
    ),
    Reference(
        "wilkenfeld_2003", "model", ALWAYS, "what mediation changes",
        ("Wilkenfeld, Jonathan", "Young, Kathleen", "Asal, Victor", "Quinn, David"), 2003,
        "Mediating international crises: cross-national and experimental perspectives",
        "Journal of Conflict Resolution", volume="47", number="3", pages="279-301",
        doi="10.1177/0022002703252365",
    ),
    # ---------------------------------------------------------------------------------------------- method
    Reference(
        "salmon_2011", "method", ALWAYS, "random numbers by counter (Philox), the same whoever draws them",
        ("Salmon, John K.", "Moraes, Mark A.", "Dror, Ron O.", "Shaw, David E."), 2011,
        "Parallel random numbers: as easy as 1, 2, 3",
        "Proceedings of the International Conference for High Performance Computing, Networking, Storage and"
        " Analysis", "inproceedings", doi="10.1145/2063384.2063405",
    ),
    Reference(
        "wilson_1927", "method", "many", "intervals of shares",
        ("Wilson, Edwin B.",), 1927, "Probable inference, the law of succession, and statistical inference",
        "Journal of the American Statistical Association", volume="22", number="158", pages="209-212",
        doi="10.1080/01621459.1927.10502953",
    ),
    Reference(
        "agresti_min_2005", "method", "common", "intervals of paired differences of shares",
        ("Agresti, Alan", "Min, Yongyi"), 2005,
        "Simple improved confidence intervals for comparing matched proportions", "Statistics in Medicine",
        volume="24", number="5", pages="729-740", doi="10.1002/sim.1781",
    ),
    Reference(
        "newcombe_1998", "method", "independent", "intervals of differences of independent shares",
        ("Newcombe, Robert G.",), 1998,
        "Interval estimation for the difference between independent proportions: comparison of eleven"
        " methods",
        "Statistics in Medicine", volume="17", number="8", pages="873-890",
        doi="10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    ),
    Reference(
        "welch_1947", "method", "independent", "intervals of differences of independent means",
        ("Welch, B. L.",), 1947,
        "The generalization of 'Student's' problem when several different population variances are involved",
        "Biometrika", volume="34", number="1-2", pages="28-35", doi="10.1093/biomet/34.1-2.28",
    ),
    Reference(
        "kaplan_meier_1958", "method", "many", "days to an event, with censoring",
        ("Kaplan, E. L.", "Meier, Paul"), 1958, "Nonparametric estimation from incomplete observations",
        "Journal of the American Statistical Association", volume="53", number="282", pages="457-481",
        doi="10.1080/01621459.1958.10501452",
    ),
    Reference(
        "aalen_johansen_1978", "method", "many", "incidence of an event with competing events",
        ("Aalen, Odd O.", "Johansen, Søren"), 1978,
        "An empirical transition matrix for non-homogeneous Markov chains based on censored observations",
        "Scandinavian Journal of Statistics", volume="5", number="3", pages="141-150",
    ),
    Reference(
        "mckay_1979", "method", "lhs", "Latin hypercube sampling of the design points",
        ("McKay, M. D.", "Beckman, R. J.", "Conover, W. J."), 1979,
        "A comparison of three methods for selecting values of input variables in the analysis of output from"
        " a computer code",
        "Technometrics", volume="21", number="2", pages="239-245", doi="10.1080/00401706.1979.10489755",
    ),
    Reference(
        "sobol_1967", "method", "sobol", "the Sobol sequence of the design points",
        ("Sobol', I. M.",), 1967,
        "On the distribution of points in a cube and the approximate evaluation of integrals",
        "USSR Computational Mathematics and Mathematical Physics", volume="7", number="4", pages="86-112",
        doi="10.1016/0041-5553(67)90144-9",
    ),
    Reference(
        "saltelli_2010", "method", "sensitivity", "first-order and total sensitivity indices",
        ("Saltelli, Andrea", "Annoni, Paola", "Azzini, Ivano", "Campolongo, Francesca", "Ratto, Marco",
         "Tarantola, Stefano"), 2010,
        "Variance based sensitivity analysis of model output. Design and estimator for the total sensitivity"
        " index",
        "Computer Physics Communications", volume="181", number="2", pages="259-270",
        doi="10.1016/j.cpc.2009.09.018",
    ),
    Reference(
        "morris_1991", "method", "screening", "screening by elementary effects",
        ("Morris, Max D.",), 1991, "Factorial sampling plans for preliminary computational experiments",
        "Technometrics", volume="33", number="2", pages="161-174", doi="10.1080/00401706.1991.10484804",
    ),
    Reference(
        "friedman_fisher_1999", "method", "discovery", "the patient rule induction method (PRIM)",
        ("Friedman, Jerome H.", "Fisher, Nicholas I."), 1999, "Bump hunting in high-dimensional data",
        "Statistics and Computing", volume="9", number="2", pages="123-143", doi="10.1023/A:1008894516817",
    ),
    Reference(
        "bryant_lempert_2010", "method", "discovery", "scenario discovery, coverage and density",
        ("Bryant, Benjamin P.", "Lempert, Robert J."), 2010,
        "Thinking inside the box: a participatory, computer-assisted approach to scenario discovery",
        "Technological Forecasting and Social Change", volume="77", number="1", pages="34-49",
        doi="10.1016/j.techfore.2009.08.002",
    ),
    Reference(
        "breiman_1984", "method", "discovery", "classification and regression trees",
        ("Breiman, Leo", "Friedman, Jerome H.", "Olshen, Richard A.", "Stone, Charles J."), 1984,
        "Classification and Regression Trees", "Wadsworth", "book",
    ),
    Reference(
        "cerou_guyader_2007", "method", "rare", "multilevel splitting",
        ("Cérou, Frédéric", "Guyader, Arnaud"), 2007,
        "Adaptive multilevel splitting for rare event analysis", "Stochastic Analysis and Applications",
        volume="25", number="2", pages="417-443", doi="10.1080/07362990601139628",
    ),
    # -------------------------------------------------------------------------------------------- software
    Reference(
        "escalation", "software", ALWAYS, "the model and this analysis",
        ("The escalation developers",), None, "escalation", "Apache-2.0", "misc",
    ),
    Reference(
        "numpy", "software", ALWAYS, "arrays",
        ("Harris, Charles R.", "Millman, K. Jarrod", "van der Walt, Stéfan J.", "others"), 2020,
        "Array programming with NumPy", "Nature", volume="585", number="7825",
        pages="357-362", doi="10.1038/s41586-020-2649-2",
    ),
    Reference(
        "scipy", "software", ALWAYS, "statistics and sampling",
        ("Virtanen, Pauli", "Gommers, Ralf", "Oliphant, Travis E.", "others"), 2020,
        "SciPy 1.0: fundamental algorithms for scientific computing in Python", "Nature Methods",
        volume="17", number="3", pages="261-272", doi="10.1038/s41592-019-0686-2",
    ),
    Reference(
        "numba", "software", "many", "compiles the rules",
        ("Lam, Siu Kwan", "Pitrou, Antoine", "Seibert, Stanley"), 2015,
        "Numba: a LLVM-based Python JIT compiler",
        "Proceedings of the Second Workshop on the LLVM Compiler Infrastructure in HPC", "inproceedings",
        pages="7:1-7:6", doi="10.1145/2833157.2833162",
    ),
    Reference(
        "mesa", "software", "run", "plays a single crisis",
        ("ter Hoeven, Ewout", "Kwakkel, Jan", "Hess, Vincent", "Pike, Thomas D.", "Wang, Boyu", "rht",
         "Kazil, Jackie"), 2025,
        "Mesa 3: Agent-based modeling with Python in 2025", "Journal of Open Source Software",
        volume="10", number="107", pages="7668", doi="10.21105/joss.07668",
    ),
    Reference(
        "matplotlib", "software", "figures", "draws the figures",
        ("Hunter, John D.",), 2007, "Matplotlib: a 2D graphics environment",
        "Computing in Science & Engineering", volume="9", number="3", pages="90-95",
        doi="10.1109/MCSE.2007.55",
    ),
    Reference(
        "pyarrow", "software", "many", "stores the results",
        ("The Apache Arrow developers",), None, "pyarrow", "", "misc", url="https://arrow.apache.org/",
    ),
)  # fmt: skip


def marked(marks: Iterable[str]) -> Iterator[Reference]:
    """Yield the references of a result with these marks, by topic, in the order of the register."""
    wanted = {ALWAYS, *marks}
    for topic in TOPICS:
        yield from (each for each in REFERENCES if each.topic == topic and each.mark in wanted)
