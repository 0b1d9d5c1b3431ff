"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

from mathml.generative.vae import PPCA, VAE, ppca

__all__ = ["PPCA", "VAE", "ppca"]
