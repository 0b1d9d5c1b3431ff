"""The parts of a page that a reader can move and answer, with a kernel or without one."""

from mathml.interactive.answer_key import use_answers
from mathml.interactive.controls import Control, Point, choice, log_slider, point, slider
from mathml.interactive.exploration import explore
from mathml.interactive.figure import Exploration
from mathml.interactive.prediction import predict
from mathml.interactive.verdict import check

__all__ = ["Control", "Exploration", "Point", "check", "choice", "explore", "log_slider", "point",
           "predict", "slider", "use_answers"]
