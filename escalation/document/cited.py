"""The references of exactly what a folder of results was made with: data, model, methods, software."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from escalation.document.folders import Kept, kept_in
from escalation.document.references import TOPICS, Reference, marked
from escalation.files.brief import Brief
from escalation.scenario.load import load_weights, shipped_weights
from escalation.scenario.weight_set import WeightSet, same_weights

WIDTH = 80

DATA_MARKS = {"Militarized Interstate Events": "mie", "International Crisis Behavior": "icb"}
"""What the provenance of a set of weights names, and the mark of the data."""


@dataclass(frozen=True, repr=False)
class Citations(Brief):
    """The references of a result."""

    references: tuple[Reference, ...]
    versions: Mapping[str, str]
    """Of the software with which the results were computed, by name."""
    sources: tuple[str, ...]
    """Where the scenario's facts come from: title and address."""

    def brief_text(self) -> Sequence[str]:
        """Return the references as lines of text."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return the references as lines of text, by topic, with what each was used for."""
        lines: list[str] = []
        for topic, heading in TOPICS.items():
            some = [each for each in self.references if each.topic == topic]
            if some:
                lines += ["", heading]
            for each in some:
                lines += _hanging(f"{self.text_of(each)} [{each.use}]")
        if self.sources:
            lines += ["", "Sources of the scenario"]
            for source in self.sources:
                lines += _hanging(source)
        return lines[1:]

    def text_of(self, reference: Reference) -> str:
        """Return a reference as a line of text, with the version that was used."""
        return reference.text(self.versions.get(reference.key, ""))

    def bibtex(self) -> str:
        """Return the references as the text of a BibTeX file; sources of the scenario are left out."""
        return "\n\n".join(each.bibtex(self.versions.get(each.key, "")) for each in self.references) + "\n"


def _hanging(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def cite(folder: str | Path) -> Citations:
    """Return the references of what the results in a folder were made with.

    Parameters
    ----------
    folder
        Of a sweep, of one run, or of another analysis.

    Raises
    ------
    StoreError
        If the folder holds no results.
    """
    return citations_of(kept_in(Path(folder)))


def citations_of(kept: Kept) -> Citations:
    """Return the references of results."""
    marks = [*kept.marks, *(mark for each in weights_of(kept) for mark in _data_of(each))]
    return Citations(tuple(marked(marks)), kept.versions, tuple(_sources(kept.scenario)))


def weights_of(kept: Kept) -> list[WeightSet]:
    """Return the shipped sets of weights in force: those of the scenario, and those that are varied.

    Weights that equal no shipped set have a provenance that the results do not know.
    """
    named = set(_words(kept.experiment))
    found = []
    for name in shipped_weights():
        each = load_weights(name)
        if name in named or same_weights(kept.scenario.get("weights", {}), each.weights):
            found.append(each)
    return found


def _data_of(weights: WeightSet) -> Iterator[str]:
    for words, mark in DATA_MARKS.items():
        if words in " ".join(weights.provenance.split()):
            yield mark


def _words(tree: Any) -> Iterator[str]:
    """Yield every text that an experiment has as a value."""
    if isinstance(tree, Mapping):
        for value in tree.values():
            yield from _words(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _words(value)
    elif isinstance(tree, str):
        yield tree


def _sources(scenario: Mapping[str, Any]) -> Iterator[str]:
    for source in scenario.get("sources", {}).values():
        if source["kind"] != "general knowledge":
            yield f"{source['title']}. {source['address']}" if source["address"] else f"{source['title']}."
