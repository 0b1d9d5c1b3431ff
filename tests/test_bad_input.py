"""Wrong input, hand-picked and generated, to every public function of the mathematics modules.

One argument of a valid call at a time is replaced by something else: NaN, infinities, wrong
shapes and types, unnormalised or negative probabilities, other random numbers. The function may
give a finite result or raise a ValueError or TypeError which names the rule, the value and the
repair. It may not return NaN, warn, raise anything else or change an argument.

A new function needs one line in ``CASES``; without it ``test_every_public_function_has_a_case``
fails.
"""

import copy
import importlib
import inspect
import pkgutil
import re
import warnings
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

import mathml
from mathml.autodiff import Tensor
from mathml.bayes import (
    BayesianLinear,
    BetaBernoulli,
    DirichletCategorical,
    GammaPoisson,
    GridPosterior,
    NormalMean,
)
from mathml.density import KNN, kde, knn_density
from mathml.discriminant import fit_lda, fit_qda
from mathml.estimation import (
    Bernoulli,
    Categorical,
    Exponential,
    Normal,
    NormalFit,
    Poisson,
)
from mathml.generative import PPCA, RBM, VAE, Diffusion, fit_flow, fit_fvsbn
from mathml.linear_model import (
    fit_lasso,
    fit_least_squares,
    fit_logistic,
    fit_softmax,
    lasso_path,
)
from mathml.mixture import fit_gmm, kmeans
from mathml.naive_bayes import fit_bernoulli_nb, fit_gaussian_nb, fit_multinomial_nb
from mathml.neural import MLP, Linear, ReLU, Tanh
from mathml.optim import GD, Adam
from mathml.pca import fit_pca, fit_ratings
from mathml.probability import Joint
from mathml.svm import fit_svm
from mathml.tree import fit_tree

NOT_MATHEMATICS = {"plotting", "interactive"}
# Rules are stepped by the drivers, with arrays these have checked; the equation stands alone.
UNCHECKED = re.compile(r"optim\.\w+\.(init|step)|optim\.Rule")
# Results, made by the functions that are checked.
RECORDS = {"datasets.Dataset", "density.KDE", "density.KNNDensity", "discriminant.LDA",
           "discriminant.QDA", "generative.CouplingFlow", "generative.FVSBN", "generative.PPCA",
           "inference.Coverage", "inference.PermutationTest", "inference.WelchTest",
           "integrate.MeanEstimate", "linalg.PowerIteration", "linear_model.LassoPath",
           "linear_model.LeastSquaresFit", "linear_model.LogisticFit",
           "linear_model.PenalisedFit", "linear_model.SoftmaxFit", "mixture.GaussianMixture",
           "mixture.KMeansFit", "naive_bayes.BernoulliNB", "naive_bayes.GaussianNB",
           "naive_bayes.MultinomialNB", "numdiff.GradientCheck", "optim.Path", "pca.PCA",
           "pca.RatingsFit", "svm.SVM", "tree.Tree"}


@dataclass(frozen=True)
class Case:
    """A valid call: ``on`` is a method's object, ``infinite`` allows an infinite result."""

    args: tuple
    kwargs: dict[str, Any]
    on: Any = None
    infinite: bool = False


def case(*args, on=None, infinite=False, **kwargs) -> Case:
    return Case(args, kwargs, on, infinite)


P, Q = [0.2, 0.5, 0.3], [0.25, 0.25, 0.5]
XY = [[0.1, 0.2], [0.3, 0.4]]
JOINT = Joint(XY, ["X", "Y"], [("a", "b"), (0, 1)])
GRID = np.linspace(0.1, 0.9, 9)
X1, Y01 = [[0.0], [1.0], [2.0], [3.0], [1.5]], [0, 0, 1, 1, 1]
BITS = [[0, 1], [1, 1], [1, 0], [0, 0], [1, 0]]
X3 = [[1.0, 2.0], [3.0, 5.0], [2.0, 2.0]]
RNG = np.random.default_rng(0)
DIFFUSION = Diffusion([0.1, 0.2, 0.3])
MIXTURE = fit_gmm(X1, 2, rng=RNG, floor=0.1, max_iter=3)
NORMAL = stats.norm(scale=1.5)
FVSBN = fit_fvsbn(BITS, penalty=0.1)
FLOW = fit_flow(X3, [0, 1, 0], hidden=2, steps=2, rng=RNG)
MACHINE = RBM([[1.0, 0.5], [-2.0, 0.0]], [0.5, 0.0], [0.1, 0.2])
LINEAR = PPCA(np.array([1.0, 2.0]), np.array([[1.0], [0.5]]), 0.3)
NET = VAE(2, 1, hidden=3, var=0.5, n_classes=2, rng=RNG)


def square(x):
    return np.sum(np.asarray(x) ** 2)


def double(x):
    return 2 * x


def square_each(x):
    return x**2


def after(layer, X):
    """The layer when X has passed through it."""
    layer.forward(X)
    return layer


def stochastic(x, idx):
    return float(np.sum(x**2)) / 2, x


CASES = {
    "autodiff.Tensor": case([1.0, 2.0]),
    "autodiff.Tensor.backward": case(on=Tensor(3.0) * 2),
    "autodiff.Tensor.mean": case(axis=0, keepdims=True, on=Tensor(X3)),
    "autodiff.Tensor.reshape": case((3, 2), on=Tensor([1.0, 2, 3, 4, 5, 6])),
    "autodiff.Tensor.sum": case(axis=0, keepdims=True, on=Tensor(X3)),
    "autodiff.logsumexp": case([3.0, -4.0], axis=0, keepdims=True),
    "autodiff.value_and_grad": case(square),
    "bayes.BayesianLinear": case(X=X3, y=[1.0, 2.0, 0.5], tau2=2.0, sigma2=0.5),
    "bayes.BayesianLinear.line": case(
        X=X3, on=BayesianLinear(X3, [1.0, 2.0, 0.5], tau2=2.0, sigma2=0.5)),
    "bayes.BayesianLinear.predict": case(
        X=X3, on=BayesianLinear(X3, [1.0, 2.0, 0.5], tau2=2.0, sigma2=0.5)),
    "bayes.BetaBernoulli": case(a=2.0, b=3.0),
    "bayes.BetaBernoulli.interval": case(level=0.9, on=BetaBernoulli(2, 2)),
    "bayes.BetaBernoulli.log_evidence": case(heads=7, tails=3, on=BetaBernoulli(2, 2)),
    "bayes.BetaBernoulli.update": case(heads=7, tails=3, on=BetaBernoulli(2, 2)),
    "bayes.DirichletCategorical": case(alpha=[1.0, 2.0, 0.5]),
    "bayes.DirichletCategorical.log_evidence": case(
        counts=[3, 0, 2], on=DirichletCategorical([1.0, 2.0, 0.5])),
    "bayes.DirichletCategorical.marginal": case(k=1, on=DirichletCategorical([1.0, 2.0, 0.5])),
    "bayes.DirichletCategorical.update": case(
        counts=[3, 0, 2], on=DirichletCategorical([1.0, 2.0, 0.5])),
    "bayes.GammaPoisson": case(a=2.0, b=1.5),
    "bayes.GammaPoisson.interval": case(level=0.9, on=GammaPoisson(2, 1.5)),
    "bayes.GammaPoisson.log_evidence": case(x=[0, 3, 1], on=GammaPoisson(2, 1.5)),
    "bayes.GammaPoisson.predictive_pmf": case(k=[0, 3, 1], on=GammaPoisson(2, 1.5)),
    "bayes.GammaPoisson.update": case(x=[0, 3, 1], on=GammaPoisson(2, 1.5)),
    "bayes.GridPosterior": case(theta=GRID, log_density=-GRID, log_evidence=-1.0, infinite=True),
    "bayes.GridPosterior.interval": case(level=0.9, on=GridPosterior(GRID)),
    "bayes.GridPosterior.probability": case(low=0.2, high=0.5, on=GridPosterior(GRID)),
    "bayes.GridPosterior.update": case(log_likelihood=-GRID, on=GridPosterior(GRID), infinite=True),
    "bayes.NormalMean": case(mean=0.5, var=2.0, noise_var=1.0),
    "bayes.NormalMean.interval": case(level=0.9, on=NormalMean(0, 1, 1)),
    "bayes.NormalMean.update": case(x=[1.0, 2.5], on=NormalMean(0, 1, 1)),
    "bayes.posterior_odds": case(0.5, 9.0, 3.0),
    "bayes.update": case(prior=P, likelihood=[0.9, 0.1, 2.0]),
    "bayes.update_log": case(prior=P, log_likelihood=[-1.0, -3.0, 2.0]),
    "datasets.load_breast_cancer": case(),
    "datasets.load_challenger": case(),
    "datasets.load_digits": case(),
    "datasets.load_horse_kicks": case(),
    "datasets.load_penguins": case(drop_missing=True, infinite=True),
    "datasets.load_toy_spam": case(),
    "density.KDE.log_pdf": case([0.5, 2.0], on=kde([0.0, 1.0, 3.0], 0.5), infinite=True),
    "density.KDE.pdf": case([[0.5, 2.0], [1.0, 1.0]], on=kde(XY, 0.5)),
    "density.KDE.sample": case(5, rng=RNG, on=kde(XY, 0.5, kernel="epanechnikov")),
    "density.KNN": case(X1, Y01, k=2, task="regression"),
    "density.KNN.neighbours": case([[1.0], [2.0]], on=KNN(X1, Y01, k=2)),
    "density.KNN.predict": case([[1.0], [2.0]], on=KNN(X1, Y01, k=2, task="regression")),
    "density.KNN.predict_proba": case([[1.0], [2.0]], on=KNN(X1, Y01, k=2)),
    "density.KNNDensity.pdf": case([0.5, 2.0], on=knn_density([0.0, 1.0, 3.0], 2), infinite=True),
    "density.kde": case([0.0, 1.0, 3.0], 0.5, kernel="box"),
    "density.knn_density": case(XY, 2),
    "density.loo_log_likelihood": case([0.0, 1.0, 3.0], 0.5, infinite=True),
    "density.loo_squared_error": case([0.0, 1.0, 3.0], 0.5),
    "density.silverman": case([0.0, 1.0, 3.0]),
    "discriminant.LDA.log_joint": case([[1.0], [2.0]], on=fit_lda(X1, Y01)),
    "discriminant.QDA.log_joint": case([[1.0], [2.0]], on=fit_qda(X1, Y01)),
    "discriminant.fit_lda": case(X1, Y01),
    "discriminant.fit_qda": case(X1, Y01),
    "estimation.Bernoulli": case(p=0.3),
    "estimation.Bernoulli.fisher_information": case(n=2, on=Bernoulli(0.3)),
    "estimation.Bernoulli.log_likelihood": case(x=[0, 1, 1], on=Bernoulli(0.3)),
    "estimation.Bernoulli.score": case(x=[0, 1, 1], on=Bernoulli(0.3)),
    "estimation.Categorical": case(p=P),
    "estimation.Categorical.fisher_information": case(n=2, on=Categorical(P)),
    "estimation.Categorical.log_likelihood": case(x=[0, 2, 1], on=Categorical(P)),
    "estimation.Categorical.score": case(x=[0, 2, 1], on=Categorical(P)),
    "estimation.Exponential": case(rate=1.5),
    "estimation.Exponential.fisher_information": case(n=2, on=Exponential(1.5)),
    "estimation.Exponential.log_likelihood": case(x=[0.5, 2.0], on=Exponential(1.5)),
    "estimation.Exponential.score": case(x=[0.5, 2.0], on=Exponential(1.5)),
    "estimation.Normal": case(mean=0.5, var=2.0),
    "estimation.Normal.fisher_information": case(n=2, on=Normal(0.5, 2.0)),
    "estimation.Normal.log_likelihood": case(x=[0.5, -2.0], on=Normal(0.5, 2.0)),
    "estimation.Normal.score": case(x=[0.5, -2.0], on=Normal(0.5, 2.0)),
    "estimation.NormalFit": case(mean=0.5, var=2.0, n=4),
    "estimation.Poisson": case(mean=2.5),
    "estimation.Poisson.fisher_information": case(n=2, on=Poisson(2.5)),
    "estimation.Poisson.log_likelihood": case(x=[0, 3, 2], on=Poisson(2.5)),
    "estimation.Poisson.score": case(x=[0, 3, 2], on=Poisson(2.5)),
    "estimation.fisher_information": case(Poisson(2.5), n=2),
    "estimation.fit_bernoulli": case(x=[0, 1, 1]),
    "estimation.fit_categorical": case(x=[0, 2, 1], n_classes=4),
    "estimation.fit_exponential": case(x=[0.5, 2.0]),
    "estimation.fit_normal": case(x=[0.5, 2.0, 1.0]),
    "estimation.fit_poisson": case(x=[0, 3, 2]),
    "estimation.log_likelihood": case(NormalFit(0.5, 2.0, 4), x=[0.5, 2.0]),
    "estimation.normal_logpdf": case(x=[0.5, 2.0], mean=0.5, var=2.0),
    "estimation.score": case(Exponential(1.5), x=[0.5, 2.0]),
    "generative.CouplingFlow.forward": case(X3, [0, 1, 0], on=FLOW),
    "generative.CouplingFlow.inverse": case(X3, [0, 1, 0], on=FLOW),
    "generative.CouplingFlow.log_prob": case(X3, [0, 1, 0], on=FLOW),
    "generative.CouplingFlow.sample": case(3, rng=RNG, y=[0, 1, 0], temperature=0.5, on=FLOW),
    "generative.CouplingFlow.value_and_grad": case(FLOW.theta, X3, [0, 1, 0], on=FLOW),
    "generative.Diffusion": case([0.1, 0.2, 0.3]),
    "generative.Diffusion.ddim": case(lambda x, t: 0.5 * x, X3, times=[3, 1, 0], on=DIFFUSION),
    "generative.Diffusion.ddpm": case(lambda x, t: 0.5 * x, X3, rng=RNG, on=DIFFUSION),
    "generative.Diffusion.denoised": case(X3, 2, [*XY, [1.0, 0.0]], on=DIFFUSION),
    "generative.Diffusion.exact_noise": case([0.4, 0.6], XY, [[[1.0, 0.0], [0.0, 1.0]],
                                                            [[2.0, 0.5], [0.5, 1.0]]],
                                             on=DIFFUSION),
    "generative.Diffusion.fit_noise": case(X3, lambda x: x, penalty=0.1, rng=RNG, copies=2,
                                           on=DIFFUSION),
    "generative.Diffusion.noised": case(X3, 2, [*XY, [1.0, 0.0]], on=DIFFUSION),
    "generative.Diffusion.step_back": case(X3, [*XY, [1.0, 0.0]], 2, on=DIFFUSION),
    "generative.FVSBN.conditional": case([1], on=FVSBN),
    "generative.FVSBN.log_prob": case(BITS, on=FVSBN),
    "generative.FVSBN.log_terms": case(BITS, on=FVSBN),
    "generative.FVSBN.sample": case(3, rng=RNG, prefix=[1], temperature=0.5, on=FVSBN),
    "generative.PPCA.log_prob": case(X3, on=LINEAR),
    "generative.PPCA.posterior": case(X3, on=LINEAR),
    "generative.PPCA.sample": case(3, rng=RNG, on=LINEAR),
    "generative.RBM": case(W=[[1.0, 0.5], [-2.0, 0.0]], b=[0.5, 0.0], c=[0.1, 0.2]),
    "generative.RBM.cd_gradient": case(BITS, k=2, rng=RNG, on=MACHINE),
    "generative.RBM.energy": case(BITS, BITS, on=MACHINE),
    "generative.RBM.expected_cd_gradient": case(BITS, k=2, on=MACHINE),
    "generative.RBM.free_energy": case(BITS, on=MACHINE),
    "generative.RBM.gibbs": case(BITS, 2, rng=RNG, on=MACHINE),
    "generative.RBM.gradient": case(BITS, on=MACHINE),
    "generative.RBM.hidden_given": case(BITS, on=MACHINE),
    "generative.RBM.log_Z": case(on=MACHINE),
    "generative.RBM.log_prob": case(BITS, on=MACHINE),
    "generative.RBM.sample": case(3, rng=RNG, on=MACHINE),
    "generative.RBM.transition": case(on=MACHINE),
    "generative.RBM.visible_given": case(BITS, on=MACHINE),
    "generative.RBM.with_theta": case([1.0, 0.5, -2.0, 0.0, 0.5, 0.0, 0.1, 0.2], on=MACHINE),
    "generative.VAE": case(3, 2, hidden=4, likelihood="normal", var=0.5, n_classes=2, rng=RNG),
    "generative.VAE.decode": case([[0.5], [1.0]], [0, 1], on=NET),
    "generative.VAE.elbo": case(X3, [[0.5], [1.0], [-1.0]], [0, 1, 1], on=NET),
    "generative.VAE.encode": case(X3, [0, 1, 1], on=NET),
    "generative.VAE.fit": case(X3, rng=RNG, y=[0, 1, 1], epochs=2, batch_size=2, lr=0.01,
                               beta=2.0, on=NET),
    "generative.VAE.importance_bound": case(X3, 3, rng=RNG, y=[0, 1, 1], on=NET),
    "generative.VAE.log_prob": case(X3, [0, 1, 1], points=21, reach=5.0, on=NET),
    "generative.VAE.sample": case(3, rng=RNG, y=[0, 1, 1], on=NET),
    "generative.VAE.value_and_grad": case(X3, [[0.5], [1.0], [-1.0]], [0, 1, 1], beta=2.0, on=NET),
    "generative.fit_flow": case(X3, [0, 1, 0], n_layers=2, hidden=2, bound=2.0, steps=2, lr=0.1,
                                rng=RNG),
    "generative.fit_fvsbn": case(BITS, penalty=0.1, smoothing=1, order=[1, 0]),
    "generative.fit_rbm": case(BITS, 2, rng=RNG, method="pcd", k=2, steps=5, lr=0.1, batch_size=3,
                               start=MACHINE),
    "generative.langevin": case(lambda x: -x, [1.0, 2.0], step=0.1, n_steps=5, rng=RNG),
    "generative.ppca": case([[0.0, 0.0], [2.0, 1.0], [4.0, 0.0], [6.0, 1.0]], 1),
    "generative.score_matching": case(X1, lambda x: 2 * x[..., None],
                                      lambda x: np.full((5, 1), 2.0)),
    "inference.bootstrap_interval": case([1.0, 2.5, 4.0], np.median, level=0.9, method="basic",
                                         resamples=5, rng=RNG),
    "inference.coverage": case(lambda x: (np.min(x), np.max(x)), lambda rng, n: rng.random(n), 0.5,
                               n=3, trials=5, rng=RNG),
    "inference.mean_interval": case([1.0, 2.5, 4.0], level=0.9),
    "inference.permutation_test": case([1.0, 2.5, 4.0], [2.0, 0.5, 3.0],
                                       lambda x, y: np.median(x) - np.median(y), paired=True,
                                       resamples=30, rng=RNG),
    "inference.power": case(0.5, 20, groups=1, alpha=0.1),
    "inference.welch": case([1.0, 2.5, 4.0], [2.0, 0.5], level=0.9),
    "information.cross_entropy": case(P, Q, base=2, infinite=True),
    "information.entropy": case(P, base=2),
    "information.huffman_code": case(P),
    "information.information_gain": case([0, 1, 1, 0], [True, True, False, False], base=2),
    "information.js_divergence": case(P, Q, base=2),
    "information.kl_divergence": case(P, Q, base=2, infinite=True),
    "information.mutual_information": case(XY, base=2),
    "information.normal_entropy": case(2.0, base=2),
    "information.normal_kl": case(0.5, 2.0, -1.0, 3.0, infinite=True),
    "linear_model.LassoPath.predict": case([[1.0], [2.0]], on=lasso_path(X1, Y01)),
    "linear_model.LeastSquaresFit.predict": case([[1.0, 2.0], [0.5, 3.0]],
                                                  on=fit_least_squares(X3, [1.0, 2.0, 4.0])),
    "linear_model.LogisticFit.predict_proba": case([[1.0], [2.0]], on=fit_logistic(X1, Y01)),
    "linear_model.PenalisedFit.predict": case([[1.0], [2.0]], on=fit_lasso(X1, Y01, 0.1)),
    "linear_model.SoftmaxFit.predict_proba": case([[1.0], [2.0]], on=fit_softmax(X1, Y01)),
    "linear_model.fit_lasso": case(X1, Y01, penalty=0.1),
    "linear_model.fit_least_squares": case([*X3, [0.5, 1.0]], [1.0, 2.0, 4.0, 3.0]),
    "linear_model.fit_logistic": case(X1, Y01, penalty=0.1, tol=1e-6),
    "linear_model.fit_ridge": case(X1, Y01, penalty=0.1),
    "linear_model.fit_softmax": case(X1, Y01, penalty=0.1, tol=1e-6),
    "linear_model.is_separable": case(X1, Y01),
    "linear_model.lasso_path": case(X1, Y01, penalties=[0.1, 0.2], n_penalties=5),
    "linear_model.logistic_hessian": case([0.1, -0.2], X1, Y01, penalty=0.1),
    "linear_model.logistic_value_and_grad": case([0.1, -0.2], X1, Y01, penalty=0.1),
    "linear_model.penalty_max": case(X1, Y01),
    "linear_model.separation": case(X1, Y01),
    "linear_model.softmax_value_and_grad": case([[0.1, 0.0], [-0.2, 0.3]], X1, Y01, penalty=0.1),
    "integrate.importance": case(square_each, NORMAL.logpdf, NORMAL, 8, rng=RNG, normalise=True),
    "integrate.monte_carlo": case(square_each, lambda rng, n: rng.random(n), 8, rng=RNG),
    "integrate.trapezoid_error": case(2.0, 0.0, 1.0, 4),
    "linalg.fix_signs": case([[3.0, -4.0], [1.0, 2.0]]),
    "linalg.low_rank": case([[3.0, -4.0], [1.0, 2.0], [0.5, 0.0]], 1),
    "linalg.power_iteration": case([[3.0, 1.0], [1.0, 2.0]], [1.0, 0.5], steps=20, tol=1e-6),
    "linalg.project": case([[3.0, -4.0], [1.0, 2.0], [0.5, 0.0]], [1.0, 2.0, 3.0]),
    "mixture.GaussianMixture.log_density": case([[1.0], [2.0]], on=MIXTURE),
    "mixture.GaussianMixture.responsibilities": case([[1.0], [2.0]], on=MIXTURE),
    "mixture.GaussianMixture.sample": case(3, rng=RNG, on=MIXTURE),
    "mixture.KMeansFit.predict": case([[1.0], [2.0]], on=kmeans(X1, 2, rng=RNG)),
    "mixture.crp": case(5, 1.5, rng=RNG),
    "mixture.fit_gmm": case([*X1, [5.0]], 2, rng=RNG, floor=0.1, start=[[0.0], [2.0]], tol=1e-6,
                            max_iter=20),
    "mixture.kmeans": case(X3, 2, rng=RNG, start=[[1.0, 2.0], [3.0, 4.0]], max_iter=5),
    "naive_bayes.BernoulliNB.log_joint": case(
        [[1, 0], [0, 1]], on=fit_bernoulli_nb(BITS, Y01), infinite=True),
    "naive_bayes.GaussianNB.log_joint": case([[1.0], [2.0]], on=fit_gaussian_nb(X1, Y01)),
    "naive_bayes.MultinomialNB.log_joint": case(
        [[3, 0], [0, 1]], on=fit_multinomial_nb(BITS, Y01), infinite=True),
    "naive_bayes.fit_bernoulli_nb": case(BITS, Y01, alpha=0.5),
    "naive_bayes.fit_gaussian_nb": case(X1, Y01, floor=0.1),
    "naive_bayes.fit_multinomial_nb": case(BITS, Y01, alpha=0.5),
    "neural.Linear": case(2, 3, start="glorot", rng=RNG),
    "neural.Linear.backward": case([[1.0], [2.0], [3.0]], on=after(Linear(2, 1, rng=RNG), X3)),
    "neural.Linear.forward": case(X3, on=Linear(2, 1, rng=RNG)),
    "neural.MLP": case([2, 3, 1], activation="tanh", start=0.5, rng=RNG),
    "neural.MLP.backward": case([[1.0], [2.0], [3.0]], on=after(MLP([2, 3, 1], rng=RNG), X3)),
    "neural.MLP.forward": case(X3, on=MLP([2, 3, 1], rng=RNG)),
    "neural.ReLU": case(),
    "neural.ReLU.backward": case(X3, on=after(ReLU(), X3)),
    "neural.ReLU.forward": case(X3, on=ReLU()),
    "neural.Tanh": case(),
    "neural.Tanh.backward": case(X3, on=after(Tanh(), X3)),
    "neural.Tanh.forward": case(X3, on=Tanh()),
    "neural.cross_entropy": case([[0.5, 0.0], [-1.0, 2.0]], [0, 1]),
    "norms.dual_exponent": case(3.0, infinite=True),
    "norms.l0_count": case([3.0, 0.0]),
    "norms.lp_norm": case([3.0, -4.0], 2),
    "norms.steepest_direction": case([3.0, -1.0], 2),
    "norms.steepest_direction_quadratic": case([3.0, -1.0], [[2.0, 0.5], [0.5, 1.0]]),
    "norms.unit_ball": case(2, 16),
    "numdiff.check_gradient": case(square, double, [1.0, 2.0], tol=1e-6, infinite=True),
    "numdiff.gradient": case(square, [1.0, 2.0]),
    "numdiff.hessian": case(square, [1.0, 2.0]),
    "numdiff.jacobian": case(double, [1.0, 2.0]),
    "optim.Adam": case(lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8),
    "optim.GD": case(lr=0.1),
    "optim.Momentum": case(lr=0.1, beta=0.9),
    "optim.Nesterov": case(lr=0.1, beta=0.9),
    "optim.RMSprop": case(lr=0.1, beta=0.9, eps=1e-8),
    "optim.Scheduled": case(Adam(0.1), lambda t: 1 / t),
    "optim.backtracking": case(square, [1.0, 2.0], 5.0, [2.0, 4.0], [-1.0, -1.0], shrink=0.5,
                               c1=0.1),
    "optim.bfgs": case(square, double, [1.0, 2.0], steps=5, tol=1e-8),
    "optim.lbfgs": case(square, double, [1.0, 2.0], memory=3, steps=5, tol=1e-8),
    "optim.newton": case(square, double, lambda x: 2 * np.eye(2), [1.0, 2.0], steps=5, tol=1e-8,
                         damped=True),
    "optim.minimize": case(square, double, [1.0, 2.0], GD(0.1), steps=5, tol=1e-8),
    "optim.minimize_stochastic": case(stochastic, [1.0, 2.0], GD(0.1), 6, batch_size=2, epochs=2,
                                      rng=RNG, replace=False, record="epoch", tol=1e-8),
    "pca.PCA.reconstruct": case(scores=[[1.0], [2.0]], on=fit_pca(X3)),
    "pca.PCA.transform": case([[1.0, 2.0], [0.5, 3.0]], on=fit_pca(X3)),
    "pca.RatingsFit.predict": case(on=fit_ratings(X3, 1, penalty=0.1, rng=RNG)),
    "pca.fit_pca": case(X3, n_components=1, standardise=True),
    "pca.fit_ratings": case([[1.0, 2.0], [3.0, 5.0], [2.0, 2.0]], 1, penalty=0.1, rng=RNG, steps=5,
                            tol=1e-6),
    "probability.Estimate": case(mean=0.5, standard_error=0.1, n=10),
    "probability.Joint": case(table=XY, names=["X", "Y"], outcomes=[("a", "b"), (0, 1)]),
    "probability.Joint.conditional": case(X="a", on=JOINT),
    "probability.Joint.expectation": case(lambda x, y: 2 * y, on=JOINT),
    "probability.Joint.from_outcomes": case([(0, 1), (1, 1)], ["X", "Y"], [0.5, 0.5], on=Joint,
                                              infinite=True),
    "probability.Joint.is_independent": case("X", "Y", given=(), rtol=1e-9, on=JOINT),
    "probability.Joint.marginal": case("Y", "X", on=JOINT),
    "probability.Joint.prob": case(X="a", Y=1, on=JOINT),
    "probability.Joint.prob_any": case(X="a", Y=1, on=JOINT),
    "probability.simulate": case(lambda rng, n: rng.random(n), n=20, rng=RNG),
    "probability.total_probability": case(prior=P, conditional=[0.1, 0.9, 0.0]),
    "probability.union": case(pa=0.5, pb=0.4, pab=Fraction(1, 5)),
    "svm.SVM.decision": case([[1.0, 2.0], [0.5, 3.0]], on=fit_svm(X3, [-1, 1, 1], C=1.0)),
    "svm.fit_svm": case(X3, [-1, 1, 1], C=2.0, kernel="rbf", gamma=0.5, infinite=True),
    "tree.Tree.apply": case([[1.0], [2.0]], on=fit_tree(X1, Y01)),
    "tree.Tree.predict": case([[1.0], [2.0]], on=fit_tree(X1, Y01)),
    "tree.Tree.predict_proba": case([[1.0], [2.0]], on=fit_tree(X1, Y01)),
    "tree.fit_tree": case(X1, Y01, max_depth=2, min_leaf=1, task="regression"),
}


def public_names() -> set[str]:
    """``module.function``, ``module.Class`` and ``module.Class.method`` of what is public."""
    found = set()
    for info in pkgutil.iter_modules(mathml.__path__):
        if info.name.startswith("_") or info.name in NOT_MATHEMATICS:
            continue
        module = importlib.import_module(f"mathml.{info.name}")
        local = [n for n, v in vars(module).items() if not n.startswith("_")
                 and getattr(v, "__module__", None) == module.__name__]
        for name in getattr(module, "__all__", local):
            thing = getattr(module, name)
            if inspect.isclass(thing):
                found |= {f"{info.name}.{name}.{method}" for method, value in vars(thing).items()
                          if not method.startswith("_") and
                          (inspect.isfunction(value) or isinstance(value, classmethod))}
            if callable(thing):
                found.add(f"{info.name}.{name}")
    return {name for name in found - RECORDS if not UNCHECKED.fullmatch(name)}


def resolve(name: str):
    """The function or method a case calls; a method is bound to the case's object."""
    module, *path = name.split(".")
    target = importlib.import_module(f"mathml.{module}")
    if len(path) == 2:
        return getattr(CASES[name].on, path[1])
    return getattr(target, path[0])


def arguments(name: str) -> dict:
    """The case's valid arguments by position or name."""
    return dict(enumerate(CASES[name].args)) | CASES[name].kwargs


def replace(case: Case, slot, value) -> tuple[list, dict]:
    """Fresh arguments of the case with the one in ``slot`` replaced."""
    args, kwargs = copy.deepcopy(list(case.args)), copy.deepcopy(case.kwargs)
    (kwargs if isinstance(slot, str) else args)[slot] = value
    return args, kwargs


# ---- what is sent -------------------------------------------------------------------------------

# Wrong types, shapes and numbers which suit no argument in particular.
JUNK = [
    None, ..., True, "a", "", b"x", object(), NotImplemented, {}, {"X": 1}, {1, 2},
    [], (), [[]], [[], []], [None], ["a", "b"], [[1.0], [1.0, 2.0]], [0.5, None], [0.5, "0.5"],
    float("nan"), float("inf"), -float("inf"), -0.0, -1.0, 0, 1, 2, -3, 1e308, -1e308, 5e-324,
    10**400, 1j, Fraction(1, 3), [Fraction(1, 2), 0.5], np.float32(0.3), np.array(0.5),
    np.array("x"), np.array(None), np.empty((0, 3)), np.ones((2, 2, 2)), np.full(3, np.nan),
    np.array([0.2, None, 0.8]), np.array([1, 2, 3], dtype=object), np.array([1j, 2]),
    np.array(["2020-01-01"], dtype="datetime64[D]"), np.array([-0.5, 1.0, 0.5]),
    np.array([1.0, np.inf]), np.array([0.5, 0.6]), np.array([1e308, 1e308]),
    np.random.RandomState(0), [0.2, 0.3, 0.5, 0.0], [[0.5, 0.5], [0.5, 0.5]], range(3), "X", ["X"],
]


# Callables which return what no mathematics can use.
BROKEN_FUNCTIONS = [
    lambda *a: None, lambda *a: "x", lambda *a: float("nan"), lambda *a: np.inf,
    lambda *a: [], lambda *a: np.ones((3, 3, 3)), lambda *a: [1.0, np.nan], lambda *a: 1j,
    lambda *a: np.array([None]), lambda *a: [[1.0], [1.0, 2.0]], lambda *a: (1.0, 2.0),
    lambda *a: 1e308, lambda *a: {},
]


def spoiled(valid: np.ndarray):
    """Variations of a valid array: one entry, the scale, the shape or the type goes wrong."""
    numbers = st.sampled_from([np.nan, np.inf, -np.inf, -1.0, 0.0, 0.5, 1e-320, 1e160, 1e308, 7e15])

    def one_entry(index, value):
        a = valid.astype(float)
        a.flat[index % max(a.size, 1)] = value
        return a

    entries = st.builds(one_entry, st.integers(0, 99), numbers)
    scaled = st.floats(-1e3, 1e3).map(lambda c: valid * c)
    shaped = st.sampled_from([valid[:-1], valid[:0], valid[None], valid[..., None], valid.T,
                              valid.ravel(), np.concatenate([valid, valid])])
    typed = st.sampled_from([object, str, complex, bool, np.float16]).map(valid.astype)
    floats = st.floats(allow_nan=True, allow_infinity=True)
    random = hnp.arrays(float, valid.shape, elements=floats)
    weights = hnp.arrays(float, valid.shape, elements=st.floats(0, 1)).filter(np.any)
    right = weights.map(lambda w: w / w.sum())
    return st.one_of(entries, scaled, shaped, typed, random, right, right.map(np.ndarray.tolist))


def fixed(valid) -> list:
    """The hand-picked replacements of a valid argument."""
    return JUNK + BROKEN_FUNCTIONS if callable(valid) else JUNK


def replacements(valid):
    """What may stand in place of this valid argument."""
    if callable(valid):
        values = st.one_of(st.floats(), hnp.arrays(float, (2,), elements=st.floats()))
        return st.one_of(st.sampled_from(fixed(valid)), values.map(lambda v: lambda *a: v))
    if isinstance(valid, (int, float, Fraction)):
        return st.one_of(st.sampled_from(JUNK), st.floats(), st.integers(-5, 40), st.floats(0, 1))
    if isinstance(valid, (list, np.ndarray)):
        array = np.array(valid, dtype=object)
        if all(isinstance(v, (int, float)) for v in array.flat):
            return st.one_of(st.sampled_from(JUNK), spoiled(np.array(valid)))
        return st.one_of(st.sampled_from(JUNK), st.lists(st.text(max_size=2), max_size=3),
                         st.lists(st.tuples(st.integers(0, 1), st.floats()), max_size=3))
    return st.one_of(st.sampled_from(JUNK), st.text(max_size=2), st.floats(), st.integers(-5, 40))


# ---- what may come back -------------------------------------------------------------------------

# Their objects are no dataclasses.
HAVE_STATE = ("mathml.autodiff", "mathml.generative.vae", "mathml.neural")


def state(x) -> dict:
    """The attributes of an object but what a pass forwards or backwards leaves there."""
    return {name: v for name, v in vars(x).items()
            if not name.startswith("_") and name not in ("grad", "dW", "db")}


def fingerprint(x):
    """Something that changes if ``x`` does; functions and generators stand for themselves."""
    if isinstance(x, np.ndarray):
        return x.dtype.str, x.shape, repr(x.tolist())
    if isinstance(x, (list, tuple)):
        return type(x).__name__, [fingerprint(v) for v in x]
    if is_dataclass(x) and not isinstance(x, type):
        return [fingerprint(getattr(x, f.name)) for f in fields(x)]
    if type(x).__module__ in HAVE_STATE:
        return type(x).__name__, [fingerprint(v) for v in state(x).values()]
    return id(x) if callable(x) or isinstance(x, np.random.Generator) else repr(x)


def assert_answer(x, infinite: bool):
    """No NaN anywhere in the result, and no infinity unless the function's contract has one."""
    if isinstance(x, (float, np.floating, np.ndarray)):
        a = np.asarray(x)
        if a.dtype.kind == "f":
            assert not np.any(np.isnan(a)), x
            assert infinite or np.all(np.isfinite(a)), x
        else:
            assert a.dtype.kind in "biuU" or all(isinstance(v, Fraction) for v in a.flat), x
    elif isinstance(x, (list, tuple)):
        for item in x:
            assert_answer(item, infinite)
    elif is_dataclass(x):
        for f in fields(x):
            assert_answer(getattr(x, f.name), infinite)
        for name, value in inspect.getmembers(type(x), lambda v: isinstance(v, property)):
            outcome(lambda value=value: value.fget(x), infinite, f"property {name}")
    elif type(x).__module__ in HAVE_STATE:
        for value in state(x).values():
            assert_answer(value, infinite)
    else:
        plain = (bool, np.bool_, int, np.integer, complex, str, Fraction, dict, type(None))
        assert isinstance(x, plain) or callable(x), x


def outcome(call, infinite: bool, note: str) -> None:
    """Run ``call``: a right answer, or an error which says rule, value and repair."""
    result, error = None, None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = call()
        except (ValueError, TypeError) as caught:
            error = caught
    assert_answer(result, infinite)
    explained = error is None or re.search(r"must .*, got .*; .+", str(error), re.DOTALL)
    assert explained, f"{note}: rule, value or repair is missing in {error!r}"


def test_every_public_function_has_a_case():
    missing, stale = public_names() - set(CASES), set(CASES) - public_names()
    assert not missing, f"add a line to CASES for {sorted(missing)}"
    assert not stale, f"remove from CASES {sorted(stale)}"


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_valid_call_works_and_lists_and_read_only_arrays_give_the_same(name):
    case, function = CASES[name], resolve(name)
    first = function(*copy.deepcopy(case.args), **copy.deepcopy(case.kwargs))
    assert_answer(first, case.infinite)

    def frozen(v):
        if isinstance(v, list) and all(isinstance(x, (int, float)) for x in np.ravel(v).tolist()):
            v = np.array(v)
            v.flags.writeable = False
        elif isinstance(v, np.ndarray):
            v = v.tolist()
        return copy.deepcopy(v) if isinstance(v, np.random.Generator) else v

    again = function(*map(frozen, case.args), **{k: frozen(v) for k, v in case.kwargs.items()})
    if not callable(first):  # two functions with one meaning are two objects
        assert repr(fingerprint(first)) == repr(fingerprint(again))


class Column:
    """A column of a table as pandas hands it over: objects, behind NumPy's protocol."""

    def __init__(self, values):
        self.values = np.array(values, dtype=object)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


def holds_numbers(valid) -> bool:
    """Whether an argument is an array of numbers, of at least one axis."""
    if not isinstance(valid, (list, np.ndarray)):
        return False
    a = np.array(valid)
    return a.size > 0 and a.dtype.kind in "buif"


LISTED = {"neural.MLP 0", "probability.Joint.from_outcomes 0"}  # lists by their nature
NUMERIC = [(name, slot) for name in sorted(CASES) for slot, valid in arguments(name).items()
           if holds_numbers(valid) and f"{name} {slot}" not in LISTED]


@pytest.mark.parametrize(("name", "slot"), NUMERIC)
def test_the_same_numbers_in_any_container_give_the_same_answer(name, slot):
    function, valid = resolve(name), np.array(arguments(name)[slot])

    def answer(value):
        args, kwargs = replace(CASES[name], slot, value)
        return function(*args, **kwargs)

    expected = answer(valid)
    for value in valid.astype(object), Column(valid), np.ma.array(valid):
        if not callable(expected):
            assert repr(fingerprint(answer(value))) == repr(fingerprint(expected))
    hidden = np.ma.array(valid, mask=np.zeros(valid.shape))
    hidden.mask.flat[-1] = True
    with pytest.raises(ValueError, match=r"must have no masked entries, got 1; fill or remove"):
        answer(hidden)


@pytest.mark.parametrize("name", sorted(
    name for name in CASES if name != "pca.RatingsFit.predict" and re.search(
        r"\.(predict|predict_proba|log_joint|apply|neighbours|decision|transform|line"
        r"|responsibilities|log_density)$", name)))
def test_no_rows_have_no_predictions(name):
    rows, = arguments(name).values()
    some, none = resolve(name)(rows), resolve(name)(np.empty((0, np.shape(rows)[1])))
    for a, b in zip(some, none, strict=True) if isinstance(some, tuple) else [(some, none)]:
        assert b.shape == (0, *a.shape[1:])
        assert b.dtype == a.dtype


def send(name: str, slot, value) -> None:
    """Call with one argument replaced; judge the outcome and that no argument was changed."""
    case, function = CASES[name], resolve(name)
    args, kwargs = replace(case, slot, value)
    before = fingerprint([args, list(kwargs.values()), case.on])
    outcome(lambda: function(*args, **kwargs), case.infinite, f"{name}, {slot} = {value!r:.60}")
    assert fingerprint([args, list(kwargs.values()), case.on]) == before, "mutated argument"


with_arguments = pytest.mark.parametrize(
    "name", sorted(name for name in CASES if CASES[name].args or CASES[name].kwargs))


@with_arguments
def test_every_hand_picked_value_in_every_argument(name):
    for slot, valid in arguments(name).items():
        for value in fixed(valid):
            send(name, slot, value)


@with_arguments
def test_generated_input_gives_an_answer_or_a_clear_error(name):
    valid, sent = arguments(name), []

    @settings(max_examples=250, derandomize=True, database=None, deadline=None,
              suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(list(valid)).flatmap(
        lambda slot: st.tuples(st.just(slot), replacements(valid[slot]))))
    def generated(slot_and_value):
        send(name, *slot_and_value)
        sent.append(slot_and_value[0])

    generated()
    assert len(sent) >= 200, f"only {len(sent)} inputs were sent"
