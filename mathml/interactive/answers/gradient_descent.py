"""Answers to the exercises on gradient descent."""

from mathml.interactive.answer_key import Array, Choice, Function, Number


def _stops_on_the_gradient(search) -> None:
    for lr in (0.3, 1e-2, 1e-3):
        x = search(lambda x: 2 * x, 10.0, lr, 1e-6)
        assert abs(2 * x) <= 1e-6, f"with lr={lr:g} it returns {x:.3g}, where |f'| exceeds tol"
    try:
        x = search(lambda x: 2 * x, 10.0, 1e-8, 1e-6)
    except RuntimeError:
        return
    raise AssertionError(f"with lr=1e-8 it returns {x:.3g}; it should raise RuntimeError")


ANSWERS = {
    "gradient-descent-1": Number(
        1.3261955589475316, ask="x₁₀₀ =",
        hints=("The gradient of x² is 2x, so every step multiplies x by the same number.",
               "x₁₀₀ = 10·0.98¹⁰⁰.")),
    "gradient-descent-2": Number(
        1 / 3, ask="supremum of η =",
        hints=("The curvatures are the second derivatives: 6 along x and 2 along y.",
               "The threshold is 2/L, and L is the larger curvature.")),
    "gradient-descent-3": Array(
        (0.2, 0.8), ask="η, factor =",
        hints=("The best fixed step is 2/(L + μ).", "The factor is (κ − 1)/(κ + 1).")),
    "gradient-descent-4": Number(
        10.0, ask="it returns",
        hints=("How long is the very first step?",
               "4e-8 times the slope 20 is 8e-7. Is that below the tolerance?")),
    "gradient-descent-5": Number(
        500, ask="t =",
        hints=("Put L = 1, η = 1 and distance 1 into the bound.", "Solve 1/(2t) ≤ 0.001.")),
    "gradient-descent-6": Array(
        (0.0, 0.0), ask="limit from (1, 0) =",
        hints=("If y starts at 0, what is the gradient along y?",
               "x is multiplied by 0.8 in every step.")),
    "gradient-descent-6b": Choice(
        ("it converges to the same point", "it leaves and diverges", "it stays at (1, 1e-10)"),
        "it leaves and diverges", ask="From (1, 1e-10)",
        hints=("By what factor does a step multiply y?", "1.2ᵗ grows without bound.")),
    "gradient-descent-7": Function(
        _stops_on_the_gradient, ask="search",
        hints=("Test abs(grad(x)), not the length of the step.",
               "Raise RuntimeError after the loop, where no return was reached.")),
}
