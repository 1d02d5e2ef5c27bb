from __future__ import annotations

from escalation.classroom.compared import by_size, changes_in_words, comparison_table, points
from escalation.classroom.session import Session
from escalation.measures.ensemble import PairedDifference, differences
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

CONTROLS = Session(workspace()).controls


def test_clear_differences_come_first_and_the_largest_of_each() -> None:
    rows = by_size(differences(ensemble(), ensemble(((STYLE, "manipulation"),))))
    assert len(rows) == len({row.share for row in rows}) == 11
    clear = [row.is_clear for row in rows]
    assert clear == sorted(clear, reverse=True)
    for kind in (True, False):
        sizes = [abs(row.estimate) for row in rows if row.is_clear is kind]
        assert sizes == sorted(sizes, reverse=True)


def test_a_difference_is_given_in_points_with_its_sign() -> None:
    row = PairedDifference("war", "war", 0.05, 0.033, -0.017, -0.021, -0.013)
    assert points(row) == "−1.7 ± 0.4"
    assert points(PairedDifference("war", "war", 0.0, 0.0, 0.0, 0.0, 0.0)) == "+0.0 ± 0.0"


def test_the_table_says_of_each_share_whether_it_is_clear() -> None:
    rows = by_size(differences(ensemble(), ensemble(((STYLE, "manipulation"),))))
    text = comparison_table("pinned <A>", rows)
    assert "pinned &lt;A&gt;" in text
    assert text.count('<tr class="clear">') == sum(row.is_clear for row in rows)
    assert text.count("<td>not clear</td>") == sum(not row.is_clear for row in rows)
    for row in rows:
        assert f"{row.before:.1%}" in text


def test_the_way_from_one_setting_to_another_in_words() -> None:
    one, other = ((ENTRY, 20),), ((STYLE, "manipulation"),)
    assert changes_in_words(CONTROLS, (), one) == "Russia as mediator, Day of entry: 20"
    assert changes_in_words(CONTROLS, one, other) == (
        "Russia as mediator, Day of entry as in the scenario; Russia as mediator, Style: manipulation"
    )
    assert changes_in_words(CONTROLS, one, one) == ""
