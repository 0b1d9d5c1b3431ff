"""Models that draw: densities with neural nets in them, latent variables, energies, diffusion."""

__all__: list[str] = []
