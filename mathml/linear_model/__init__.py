"""Least squares, ridge and lasso; logistic and softmax regression, and whether their fit exists.

The two classifiers minimise a convex objective whose first two derivatives
`logistic_value_and_grad`, `logistic_hessian` and `softmax_value_and_grad` give.
"""

from mathml.linear_model.least_squares import LeastSquaresFit, fit_least_squares
from mathml.linear_model.logistic import (
    LogisticFit,
    fit_logistic,
    logistic_hessian,
    logistic_value_and_grad,
)
from mathml.linear_model.penalised import (
    LassoPath,
    PenalisedFit,
    fit_lasso,
    fit_ridge,
    lasso_path,
    penalty_max,
)
from mathml.linear_model.separation import is_separable, separation
from mathml.linear_model.softmax import SoftmaxFit, fit_softmax, softmax_value_and_grad

__all__ = ["LassoPath", "LeastSquaresFit", "LogisticFit", "PenalisedFit", "SoftmaxFit",
           "fit_lasso", "fit_least_squares", "fit_logistic", "fit_ridge", "fit_softmax",
           "is_separable", "lasso_path", "logistic_hessian", "logistic_value_and_grad",
           "penalty_max", "separation", "softmax_value_and_grad"]
