"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

from mathml.generative.energy import RBM, fit_rbm, langevin, score_matching

__all__ = ["RBM", "fit_rbm", "langevin", "score_matching"]
