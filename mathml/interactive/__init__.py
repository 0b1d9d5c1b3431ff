"""The parts of a page that a reader can move and answer, with a kernel or without one."""

from mathml.interactive.check import check
from mathml.interactive.controls import Control, choice, log_slider, slider
from mathml.interactive.explore import Exploration, explore
from mathml.interactive.predict import predict

__all__ = ["Control", "Exploration", "check", "choice", "explore", "log_slider", "predict",
           "slider"]
