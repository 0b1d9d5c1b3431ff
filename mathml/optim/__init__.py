"""Gradient methods: rules that are their equation, and drivers that record the whole path."""

from mathml.optim.drivers import Path, minimize, minimize_stochastic
from mathml.optim.rules import GD, Adam, Momentum, Nesterov, RMSprop, Rule, Scheduled

__all__ = ["GD", "Adam", "Momentum", "Nesterov", "Path", "RMSprop", "Rule", "Scheduled",
           "minimize", "minimize_stochastic"]
