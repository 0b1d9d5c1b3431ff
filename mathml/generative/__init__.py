"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

from mathml.generative.autoregressive import FVSBN, fit_fvsbn
from mathml.generative.diffusion import Diffusion
from mathml.generative.flow import CouplingFlow, fit_flow

__all__ = ["FVSBN", "CouplingFlow", "Diffusion", "fit_flow", "fit_fvsbn"]
