"""Speed of `mathml` beside NumPy, SciPy and scikit-learn: ``python -m benchmarks``."""
