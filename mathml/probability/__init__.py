"""Finite probability: events, conditioning, independence, and simulation with an error bar.

Probabilities given as ``fractions.Fraction`` stay fractions, so that an enumeration is exact.
"""

from mathml.probability.events import Estimate, simulate, total_probability, union
from mathml.probability.joint import Joint

__all__ = ["Estimate", "Joint", "simulate", "total_probability", "union"]
