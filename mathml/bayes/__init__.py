"""Bayes' theorem: over finitely many hypotheses, in odds, for conjugate models, on a grid.

All products of probabilities are sums of logarithms inside, so that nothing underflows.
"""

from mathml.bayes.conjugate import (
    BetaBernoulli,
    DirichletCategorical,
    GammaPoisson,
    NormalMean,
)
from mathml.bayes.grid import GridPosterior
from mathml.bayes.linear import BayesianLinear
from mathml.bayes.theorem import posterior_odds, update, update_log

__all__ = ["BayesianLinear", "BetaBernoulli", "DirichletCategorical", "GammaPoisson",
           "GridPosterior", "NormalMean", "posterior_odds", "update", "update_log"]
