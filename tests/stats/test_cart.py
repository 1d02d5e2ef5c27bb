"""The tree against scikit-learn's on the same data, and on data with a known answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from escalation.stats.cart import Node, choose_tree, grow, left_of
from escalation.stats.prim import Input, PointRates, Space


def space_of(values: np.ndarray) -> Space:
    return Space(tuple(Input(f"x{j}", column) for j, column in enumerate(values.T)))


def splits(tree: Node) -> list[tuple[int, float]]:
    return [(node.branch.input, node.branch.limit) for node in tree.walk() if node.branch]


@pytest.mark.parametrize("seed", range(5))
def test_as_scikit_learn_grows_it(seed: int) -> None:
    """Each point is there twice for scikit-learn: its crises with the event, and those without."""
    random = np.random.default_rng(seed)
    n, least = 400, 0.05
    values = random.random((n, 4)).astype(np.float32).astype(float)
    k = random.binomial(20, 0.1 + 0.6 * (values[:, 0] > 0.4) * values[:, 1])
    mine = grow(space_of(values), PointRates(np.full(n, 20.0), k.astype(float)), 3, least)
    theirs = DecisionTreeClassifier(
        criterion="log_loss", max_depth=3, min_weight_fraction_leaf=least, random_state=0
    ).fit(
        np.concatenate([values, values]),
        np.repeat([1, 0], n),
        sample_weight=np.concatenate([k, 20 - k]),
    )
    found = theirs.tree_
    inner = [node for node in range(found.node_count) if found.children_left[node] >= 0]
    assert [split[0] for split in splits(mine)] == found.feature[inner].tolist()
    assert [split[1] for split in splits(mine)] == pytest.approx(found.threshold[inner].tolist())
    predicted = theirs.predict_proba(values)[:, 1]
    own = np.zeros(n)
    for leaf in mine.leaves():
        own[space_of(values).inside(leaf.box)] = leaf.rate
    assert own == pytest.approx(predicted)
    # The gain is the fall of -2 log likelihood; scikit-learn's impurity is in bits per crisis.
    for node, place in zip([node for node in mine.walk() if node.branch], inner, strict=True):
        parts = [found.children_left[place], found.children_right[place]]
        size, bits = found.weighted_n_node_samples, found.impurity
        fall = size[place] * bits[place] - sum(size[part] * bits[part] for part in parts)
        assert node.branch is not None
        assert node.branch.gain == pytest.approx(2 * math.log(2) * fall, rel=1e-6)


def test_categories_are_divided_by_their_rates() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 5, 300)
    y = np.array([0.9, 0.1, 0.8, 0.2, 0.15])[codes]
    space = Space((Input("who", codes.astype(float), tuple("abcde")),))
    tree = grow(space, PointRates(np.ones(300), y), 1)
    assert tree.branch is not None
    assert tree.branch.left == {1, 3, 4}
    left, right = tree.below
    assert left.box.out == ({0, 2},)
    assert right.box.out == ({1, 3, 4},)
    assert left_of(space, tree.branch).tolist() == np.isin(codes, [1, 3, 4]).tolist()


def test_a_listed_number_is_divided_at_its_values() -> None:
    values = np.repeat([1.0, 2.0, 7.0], 50)
    space = Space((Input("day", values, is_listed=True),))
    tree = grow(space, PointRates(np.ones(150), (values == 7.0) * 0.5 + 0.1), 3)
    assert [node.depth for node in tree.walk()] == [0, 1, 1]
    assert (tree.below[0].box.high, tree.below[1].box.low) == ((2.0,), (7.0,))


def test_leaves_keep_their_least_weight() -> None:
    values = np.linspace(0, 1, 100)
    y = (values > 0.98).astype(float)
    tree = grow(space_of(values[:, None]), PointRates(np.ones(100), y), 1, least=0.1)
    assert min(leaf.weight for leaf in tree.leaves()) >= 10


def test_the_depth_is_that_of_the_structure() -> None:
    random = np.random.default_rng(1)
    values = random.random((600, 5))
    space = space_of(values)
    noise = random.random(600)
    for y, depth in ((noise, 0), (0.2 + 0.6 * (values[:, 2] > 0.5), 1)):
        found = choose_tree(space, PointRates(np.ones(600), y), np.random.default_rng(2))
        assert max(node.depth for node in found.tree.walk()) == depth
        assert len(found.deviance) == 4
        assert found.standard_error[int(np.argmin(found.deviance))] == 0
    assert found.deviance[1] < found.deviance[0]


def test_splits_of_chance_are_undone() -> None:
    """Only the left half of the first split has structure of its own."""
    random = np.random.default_rng(5)
    values = random.random((400, 3))
    y = np.where(values[:, 0] > 0.5, 0.8, np.where(values[:, 1] > 0.5, 0.5, 0.1)) + random.normal(
        0, 0.02, 400
    )
    found = choose_tree(space_of(values), PointRates(np.ones(400), y), np.random.default_rng(6)).tree
    assert [node.depth for node in found.walk()] == [0, 1, 2, 2, 1]


def test_points_without_weight_are_not_there() -> None:
    random = np.random.default_rng(3)
    values, y = random.random((100, 2)), random.random(100)
    weight = (np.arange(100) % 2).astype(float)
    some = grow(space_of(values), PointRates(weight, weight * y))
    half = grow(space_of(values[1::2]), PointRates(np.ones(50), y[1::2]))
    assert splits(some) == splits(half)
    assert some.rate == pytest.approx(y[1::2].mean())


def test_a_cut_tree_is_the_one_grown_less_deep() -> None:
    random = np.random.default_rng(4)
    values, y = random.random((200, 3)), random.random(200)
    found = PointRates(np.ones(200), y)
    deep = grow(space_of(values), found, 3)
    for depth in range(4):
        assert deep.cut(depth) == grow(space_of(values), found, depth)
