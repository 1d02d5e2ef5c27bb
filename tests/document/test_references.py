"""The register: each work once, with what it needs; BibTeX that can be read again."""

from __future__ import annotations

import re

import pytest

from escalation.document.references import ALWAYS, REFERENCES, TOPICS, Reference, marked


def fields_of(entry: str) -> dict[str, str]:
    """Read an entry of BibTeX; the braces of every value must balance."""
    head, *lines = entry.splitlines()
    assert re.fullmatch(r"@(article|inproceedings|book|misc)\{[a-z_0-9]+,", head)
    assert lines.pop() == "}"
    fields = {}
    for line in lines:
        found = re.fullmatch(r"  ([a-z]+) = \{(.*)\},", line)
        assert found, line
        depth = 0
        for letter in found[2]:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            assert depth >= 0
        assert depth == 0
        fields[found[1]] = found[2]
    return fields


def test_each_work_once() -> None:
    keys = [each.key for each in REFERENCES]
    assert len(set(keys)) == len(keys)
    dois = [each.doi for each in REFERENCES if each.doi]
    assert len(set(dois)) == len(dois)
    assert {each.topic for each in REFERENCES} == set(TOPICS)


@pytest.mark.parametrize("each", REFERENCES, ids=lambda each: each.key)
def test_entries_are_whole_and_parse(each: Reference) -> None:
    fields = fields_of(each.bibtex("1.2"))
    assert {"author", "title", "note"} <= set(fields)
    assert fields["note"] == "Version 1.2"
    if each.kind != "misc":
        assert {"year"} <= set(fields)
        assert each.venue in fields.values() or "&" in each.venue
    if each.doi:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", each.doi)
        assert each.text().endswith(f"https://doi.org/{each.doi}")
    assert not re.search(r"(?<!\\)[&%#_]", fields["title"] + fields["author"])
    assert str(each.year or "n.d.") in each.text()


def test_names_are_shortened_in_text_and_whole_in_bibtex() -> None:
    each = next(each for each in REFERENCES if each.key == "mesa")
    assert each.text("3.3").startswith(
        "ter Hoeven, E., Kwakkel, J., Hess, V., Pike, T. D., Wang, B., rht and Kazil, J. (2025). Mesa 3:"
    )
    assert "{rht} and Kazil, Jackie" in fields_of(each.bibtex())["author"]


def test_marks_choose_and_topics_order() -> None:
    few = list(marked([]))
    assert {each.mark for each in few} == {ALWAYS}
    more = list(marked(["sobol", "independent"]))
    assert {each.mark for each in more} == {ALWAYS, "sobol", "independent"}
    places = [list(TOPICS).index(each.topic) for each in more]
    assert places == sorted(places)
