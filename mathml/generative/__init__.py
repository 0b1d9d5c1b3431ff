"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

from mathml.generative.autoregressive import FVSBN, fit_fvsbn
from mathml.generative.diffusion import Diffusion
from mathml.generative.energy import RBM, fit_rbm, langevin, score_matching
from mathml.generative.flow import CouplingFlow, fit_flow
from mathml.generative.vae import PPCA, VAE, ppca

__all__ = ["FVSBN", "PPCA", "RBM", "VAE", "CouplingFlow", "Diffusion", "fit_flow", "fit_fvsbn",
           "fit_rbm", "langevin", "ppca", "score_matching"]
