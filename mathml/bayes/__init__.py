"""Bayes' theorem: over finitely many hypotheses, in odds, for two conjugate models, on a grid.

All products of probabilities are sums of logarithms inside, so that nothing underflows.
"""

from mathml.bayes.conjugate import BetaBernoulli, NormalMean
from mathml.bayes.grid import GridPosterior
from mathml.bayes.theorem import posterior_odds, update, update_log

__all__ = ["BetaBernoulli", "GridPosterior", "NormalMean", "posterior_odds", "update", "update_log"]
