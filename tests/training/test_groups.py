"""Which texts count as one template: a fold that splits one would flatter the figures."""

import pytest

pytest.importorskip("sklearn", reason="requirements-train.txt is not installed")

from training.groups import FOLDS, fold_of, groups_of

PEOPLE = ("women", "muslims", "immigrants")


def are_together(*texts):
    return len(set(groups_of(texts, PEOPLE).tolist())) == 1


@pytest.mark.parametrize(
    "texts",
    [
        ("nobody here wants women around", "nobody here wants muslims around"),
        ("nobody here wants women around", "n0body here wants women around!"),
        ("nobody here wants women around", "nobody heer wants immigrants around"),
        ("see my channel https://a.example/1", "see my channel https://b.example/2"),
        ("@anna how was your holiday", "@ben how was your holiday"),
    ],
)
def test_texts_of_one_template_and_near_copies_stay_together(texts):
    assert are_together(*texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("nobody here wants women around", "women make this town a better place"),
        ("how was your holiday", "who won the match last night"),
    ],
)
def test_other_sentences_are_other_groups(texts):
    assert not are_together(*texts)


def test_a_chain_of_copies_is_one_group():
    words = [f"word{letter}" for letter in "abcdefghijkl"]
    chain = [" ".join(words[at : at + 9]) for at in range(4)]
    assert are_together(*chain)


def test_a_fold_depends_on_the_groups_name_alone():
    folds = [fold_of(f"group {number}") for number in range(200)]
    assert set(folds) == set(range(FOLDS))
    assert folds == [fold_of(f"group {number}") for number in range(200)]
