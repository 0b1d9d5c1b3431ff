"""Minimisation: rules and drivers of gradient methods, Newton's method and its relatives."""

from mathml.optim.drivers import minimize, minimize_stochastic
from mathml.optim.line_search import backtracking
from mathml.optim.newton import newton
from mathml.optim.path import Path
from mathml.optim.quasi_newton import bfgs, lbfgs
from mathml.optim.rules import GD, Adam, Momentum, Nesterov, RMSprop, Rule, Scheduled

__all__ = ["GD", "Adam", "Momentum", "Nesterov", "Path", "RMSprop", "Rule", "Scheduled",
           "backtracking", "bfgs", "lbfgs", "minimize", "minimize_stochastic", "newton"]
