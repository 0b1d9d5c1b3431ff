"""Maximum likelihood in closed form; models which know their log-likelihood, score, information."""

from mathml.estimation.fits import (
    fit_bernoulli,
    fit_categorical,
    fit_exponential,
    fit_normal,
    fit_poisson,
)
from mathml.estimation.models import (
    Bernoulli,
    Categorical,
    Exponential,
    Normal,
    NormalFit,
    Poisson,
    fisher_information,
    log_likelihood,
    normal_logpdf,
    score,
)

__all__ = ["Bernoulli", "Categorical", "Exponential", "Normal", "NormalFit", "Poisson",
           "fisher_information", "fit_bernoulli", "fit_categorical", "fit_exponential",
           "fit_normal", "fit_poisson", "log_likelihood", "normal_logpdf", "score"]
