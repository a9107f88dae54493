"""`DaleClassifier` as an estimator of scikit-learn."""

import pickle
import signal
import time

import numpy as np
import pytest

import dalenet

sklearn = pytest.importorskip("sklearn")

from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.datasets import load_digits, load_iris, make_classification  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from dalenet.sklearn import DaleClassifier  # noqa: E402


@parametrize_with_checks([DaleClassifier(hidden=(32,)), DaleClassifier(hidden=(16,), rule="bp", rate=0.01)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def digits():
    digits = load_digits()
    return digits.images[:600], digits.target[:600]


def small(**settings):
    return DaleClassifier(**{"hidden": (24,), "epochs": 10, "random_state": 0, **settings})


def test_pipeline_search_and_cross_validation(iris):
    pipeline = make_pipeline(StandardScaler(), small(input="raw", epochs=40))
    assert cross_val_score(pipeline, *iris, cv=3).mean() > 0.8
    search = GridSearchCV(
        small(epochs=40), {"hidden": [(8,), (24,)], "rule": ["ed", "dfa", doubled]}, cv=3, n_jobs=2
    )
    search.fit(*iris)
    assert search.best_score_ > 0.8
    assert not np.isnan(search.cv_results_["mean_test_score"]).any()


@dalenet.rule
def doubled(lesson, layer):
    """Error Diffusion at twice the strength."""
    classes = np.arange(lesson.excitatory_units(layer)) % lesson.outputs
    routed = 2 * lesson.error[:, classes]
    return np.concatenate([routed, -routed], axis=1)


def test_the_data_set_of_iris_is_learnt(iris):
    classifier = DaleClassifier(hidden=[64], random_state=0).fit(*iris)
    assert classifier.score(*iris) > 0.9
    probabilities = classifier.predict_proba(iris[0])
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    assert len(classifier.loss_curve_) == classifier.n_iter_ == 50
    assert classifier.weights_["layer1.W_pp"].shape == (4, 64)
    assert (classifier.weights_["layer1.W_pp"] >= 0).all()


def test_classes_have_their_names(iris):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])
    classifier = small().fit(X, names[y])
    assert (classifier.classes_ == names).all()
    assert (classifier.predict(X) == names[small().fit(X, y).predict(X)]).all()


@pytest.mark.parametrize("settings", [{}, {"rule": "dfa"}, {"optimiser": "adam", "rate": 0.01}])
def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads(iris, settings):
    fits = [small(n_jobs=n, **settings).fit(*iris).predict_proba(iris[0]) for n in (1, 2, None)]
    assert all((fits[0] == fit).all() for fit in fits)
    assert (small(random_state=1).fit(*iris).predict_proba(iris[0]) != fits[0]).any()


def test_what_a_sample_is_given_does_not_depend_on_the_others(digits):
    X, y = digits
    classifier = small(hidden=(50, 30), epochs=2).fit(X, y)
    whole = classifier.predict_proba(X)
    alone = np.concatenate([classifier.predict_proba(X[i : i + 1]) for i in range(70)])
    assert (alone == whole[:70]).all()
    order = np.random.default_rng(0).permutation(len(X))
    assert (classifier.predict_proba(X[order]) == whole[order]).all()


def test_images_with_convolutions(digits):
    X, y = digits
    convolutions = [{"units": 8, "size": 3, "pooling": "max"}]
    fit = small(hidden=[], convolutions=convolutions, shift=1, epochs=8, batch=16).fit
    classifier = fit(X, y)
    assert classifier.score(X, y) > 0.8
    assert classifier.shape_ == (8, 8, 1)
    assert (fit(X[..., None], y).predict_proba(X[..., None]) == classifier.predict_proba(X)).all()
    with pytest.raises(ValueError, match="is expecting"):
        classifier.predict(X[:, :7])
    with pytest.raises(ValueError, match="features"):
        classifier.predict(X.reshape(len(X), -1))
    with pytest.raises(ValueError, match="convolution"):
        fit(X.reshape(len(X), -1), y)


@pytest.mark.parametrize("rule", ["ed", "dfa", doubled])
def test_a_pickled_classifier_is_the_same_and_learns_on(iris, rule):
    classifier = small(rule=rule).fit(*iris)
    copied = pickle.loads(pickle.dumps(classifier))
    assert (copied.predict_proba(iris[0]) == classifier.predict_proba(iris[0])).all()
    for each in (classifier, copied):
        each.partial_fit(*iris)
    assert (copied.predict_proba(iris[0]) == classifier.predict_proba(iris[0])).all()


def test_learning_pass_by_pass(iris):
    order = np.random.default_rng(0).permutation(150)
    X, y = (of[order] for of in iris)
    classifier = small()
    with pytest.raises(ValueError, match="classes must be given"):
        classifier.partial_fit(X, y)
    for _ in range(20):
        classifier.partial_fit(X[:100], y[:100], classes=[0, 1, 2])
        classifier.partial_fit(X[100:], y[100:])
    assert classifier.n_iter_ == 40
    assert classifier.score(X, y) > 0.8
    with pytest.raises(ValueError, match="not those of the first call"):
        classifier.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match="not among"):
        classifier.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="features"):
        classifier.partial_fit(X[:, :3], y)


def test_rare_classes_count_more_if_they_are_weighted():
    X, y = make_classification(400, weights=[0.95], flip_y=0.05, random_state=0)
    recall = {
        weight: (small(class_weight=weight).fit(X, y).predict(X)[y == 1] == 1).mean()
        for weight in (None, "balanced")
    }
    assert recall["balanced"] > recall[None]
    by_hand = dict(enumerate(3 / np.bincount(y)))
    weighted = [small(class_weight=w, centred=True).fit(X, y) for w in ("balanced", by_hand)]
    np.testing.assert_allclose(*[fit.predict_proba(X) for fit in weighted], atol=1e-4)


def test_early_stopping_keeps_the_best_epoch(digits):
    classifier = small(validation=0.2, patience=2, epochs=60, hidden=(64,)).fit(*digits)
    scores = classifier.validation_scores_
    assert len(scores) == classifier.n_iter_ < 60
    assert int(np.argmax(scores)) == len(scores) - 3


class Mistake(Exception):
    pass


def test_what_a_rule_raises_is_raised_by_fit(iris):
    @dalenet.rule
    def mistaken(lesson, layer):
        raise Mistake

    @dalenet.routing
    def misrouted(unit, units, output, outputs):
        raise Mistake

    classifier = small(rule=mistaken)
    with pytest.raises(Mistake):
        classifier.fit(*iris)
    with pytest.raises(Mistake):
        classifier.partial_fit(*iris, classes=[0, 1, 2])
    with pytest.raises(Mistake):
        small(routing=misrouted).fit(*iris)
    classifier.set_params(rule="ed").fit(*iris)
    assert classifier.score(*iris) > 0.7
    classifier.set_params(rule=mistaken)
    with pytest.raises(ValueError, match="learns by ed, not by mistaken"):
        classifier.partial_fit(*iris)
    assert classifier.score(*iris) > 0.7
    with pytest.raises(Mistake):
        classifier.fit(*iris)
    with pytest.raises(NotFittedError):
        classifier.predict(iris[0])


def test_a_routing_of_ones_own(iris):
    def proba(**settings):
        return small(**settings).fit(*iris).predict_proba(iris[0])

    modulo = np.eye(3)[np.arange(24) % 3]
    assert (proba(routing=modulo) == proba()).all()
    assert (proba(routing="overlapping") == proba(rule="ed-overlapping")).all()
    assert (proba(routing="overlapping") != proba()).any()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"rule": "edd"}, "`ed`"),
        ({"preset": "pape"}, "`paper`"),
        ({"response": "reluu"}, "response"),
        ({"rate": -1.0}, "rate"),
        ({"rate": "fast"}, "a number"),
        ({"epochs": 0}, "epochs"),
        ({"hidden": (0,)}, "layers"),
        ({"settings": {"epoch": 3}}, "`epochs`"),
        ({"patience": 3}, "validation"),
        ({"rule": "kaneko"}, "Kaneko"),
        ({"class_weight": "balancedd"}, "class_weights"),
    ],
)
def test_impossible_settings_name_the_setting(iris, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        small(**settings).fit(*iris)


def test_a_divergence_is_an_error_of_its_own(iris):
    classifier = small(rule="bp", rate=1e30, optimiser="sgd", settings={"normalised": False})
    with pytest.raises(dalenet.DivergedError, match="rate"):
        classifier.fit(*iris)


def test_a_fit_can_be_interrupted(digits):
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            small(epochs=1_000_000).fit(*digits)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert time.monotonic() - start < 5


def test_parameters_are_stored_as_they_are():
    hidden, settings = [8], {"momentum": 0.5}
    classifier = DaleClassifier(hidden=hidden, settings=settings)
    assert classifier.hidden is hidden and classifier.settings is settings
    assert clone(classifier).get_params() == classifier.get_params()
