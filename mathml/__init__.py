"""Small, exact helpers for a course on the mathematics of machine learning.

Import the module you need, as the chapters do: ``from mathml.optim import GD, minimize``.
"""

__version__ = "0.1.0"
