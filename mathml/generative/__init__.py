"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

from mathml.generative.diffusion import Diffusion

__all__ = ["Diffusion"]
