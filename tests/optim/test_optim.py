"""The rules against their theorems, the driver against its contract."""

import math

import numpy as np
import pytest

from mathml.numdiff import check_gradient
from mathml.optim import (
    GD,
    Adam,
    Momentum,
    Nesterov,
    RMSprop,
    Scheduled,
    bfgs,
    minimize,
    minimize_stochastic,
    newton,
)

RULES = [GD(0.05), Momentum(0.02), Nesterov(0.02), Adam(0.05),
         Scheduled(RMSprop(0.1), lambda t: 0.995**t),
         Scheduled(GD(0.06), lambda t: 1.0)]

X = np.random.default_rng(1).normal(size=(40, 3))
Y = (np.random.default_rng(2).random(40) < 0.5) * 1.0


def logistic(w):
    return np.mean(np.logaddexp(0, X @ w) - Y * (X @ w)) + 0.05 * w @ w


def logistic_grad(w):
    return X.T @ (1 / (1 + np.exp(-X @ w)) - Y) / len(Y) + 0.1 * w


A = np.diag([1.0, 4.0, 16.0])
PROBLEMS = {
    "line": (lambda x: 2 * x**2, lambda x: 4 * x, 3),
    "bowl": (lambda x: x @ A @ x / 2, lambda x: A @ x, [1, -2, 3]),
    "pseudo-Huber": (lambda x: np.sum(np.sqrt(1 + x**2)), lambda x: x / np.sqrt(1 + x**2),
                     [4.0, -1.0]),
    "logistic": (logistic, logistic_grad, np.zeros(3)),
}


def half_square(L):
    return lambda x: L * x**2 / 2, lambda x: L * x


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_has_the_gradient_it_claims(name):
    f, grad, x0 = PROBLEMS[name]
    assert check_gradient(f, grad, np.asarray(x0) + 0.3)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_every_rule_finds_the_minimum_of_every_convex_problem(rule, name):
    f, grad, x0 = PROBLEMS[name]
    path = minimize(f, grad, x0, rule, steps=5000, tol=1e-5)
    assert path.converged, path.message
    assert path.grad_norms[-1] <= 1e-5 * max(1, path.grad_norms[0])
    assert path.f <= min(path.fs) + 1e-8


@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_a_path_is_the_rule_stepped_by_hand(rule):
    f, grad, x0 = PROBLEMS["bowl"]
    path = minimize(f, grad, x0, rule, steps=20, tol=0)
    x = np.array(x0, dtype=float)
    state = rule.init(x)
    for t in range(20):
        assert np.array_equal(path.xs[t], x)
        assert path.fs[t] == f(x)
        assert path.grad_norms[t] == np.linalg.norm(grad(x))
        x, state = rule.step(x, grad(x), state)
    assert np.array_equal(path.x, x)
    assert len(path) == 21
    assert path.f == f(x)


def test_descent_lemma_on_a_smooth_loss():
    L = np.linalg.eigvalsh(X.T @ X).max() / (4 * len(Y)) + 0.1
    for eta in (0.3 / L, 1 / L, 1.9 / L):
        path = minimize(logistic, logistic_grad, [3.0, -2.0, 1.0], GD(eta), steps=100, tol=0)
        promised = eta * (1 - L * eta / 2) * path.grad_norms[:-1] ** 2
        assert np.all(path.fs[:-1] - path.fs[1:] >= promised - 1e-12)


def test_E17_stopping_rule_is_independent_of_the_step_size():
    f, grad = (lambda x: x**2), (lambda x: 2 * x)
    for eta in (1e-8, 4e-8, 1e-6, 1e-4):
        path = minimize(f, grad, 10.0, GD(eta), tol=1e-6)
        assert not path.converged
        assert len(path) == 1001
        assert path.message.startswith("not converged after 1000 steps")
    for eta in (0.01, 0.1, 0.4):
        path = minimize(f, grad, 10.0, GD(eta), steps=3000, tol=1e-6)
        assert path.converged
        assert path.grad_norms[-1] <= 1e-6 * 20 < path.grad_norms[-2]
    assert not minimize(f, grad, 10.0, GD(1.0)).converged


def test_E17_the_iterate_returned_is_the_one_that_was_tested():
    path = minimize(lambda x: x**2, lambda x: 2 * x, 10.0, GD(0.1))
    assert path.grad_norms[-1] == abs(2 * path.x[0])
    assert path.f == path.x[0] ** 2


@pytest.mark.parametrize("rule", [*RULES, RMSprop(0.01)], ids=lambda r: type(r).__name__)
def test_E18_the_callers_array_is_not_mutated_and_integers_are_fine(rule):
    floats, integers = np.array([1.0, 2.0]), np.array([1, 2])
    a = minimize(lambda x: x @ x, lambda x: 2 * x, floats, rule, steps=5)
    b = minimize(lambda x: x @ x, lambda x: 2 * x, integers, rule, steps=5)
    assert np.array_equal(floats, [1.0, 2.0])
    assert np.array_equal(integers, [1, 2])
    assert np.array_equal(a.xs, b.xs)
    g, state = np.array([1.0, 1.0]), rule.init(floats)
    rule.step(floats, g, state)
    assert np.array_equal(floats, [1.0, 2.0])
    assert np.array_equal(g, [1.0, 1.0])


def test_E18_a_rule_that_reuses_its_array_cannot_rewrite_the_past():
    class Reusing:
        def init(self, x):
            return x.copy()

        def step(self, x, g, w):
            w -= 0.1 * g
            return w, w

    path = minimize(lambda x: x @ x, lambda x: 2 * x, [1.0], Reusing(), steps=3)
    assert np.allclose(path.xs[:, 0], [1, 0.8, 0.64, 0.512])


def test_a_gradient_that_changes_its_argument_fails_loudly():
    def rude(x):
        x *= 2
        return x

    with pytest.raises(ValueError, match="read-only"):
        minimize(lambda x: x @ x, rude, [1.0, 2.0], GD(0.1))


def test_E19_two_over_L_is_the_threshold_of_stability():
    f, grad = half_square(4)
    below, at, above = (minimize(f, grad, 1.0, GD(eta), tol=0) for eta in (0.49, 0.5, 0.51))
    assert abs(below.x[0]) < 1e-17
    assert np.all(np.abs(at.xs) == 1)
    assert 1e16 < abs(above.x[0]) < 1e18
    assert abs(minimize(f, grad, 1.0, GD(0.25), steps=1, tol=0).x[0]) == 0


def test_E20_value_bound_for_convex_functions():
    L = np.linalg.eigvalsh(X.T @ X).max() / (4 * len(Y)) + 0.1
    path = minimize(logistic, logistic_grad, np.zeros(3), GD(1 / L), steps=2000, tol=1e-12)
    t = np.arange(1, len(path))
    bound = np.sum(path.x**2) * L / (2 * t)
    assert np.all(path.fs[1:] - path.f <= bound)


def test_E07_gradient_descent_can_stop_at_a_saddle():
    path = minimize(lambda p: p[0]**2 - p[1]**2, lambda p: np.array([2 * p[0], -2 * p[1]]),
                    [1.0, 0.0], GD(0.1))
    assert path.converged
    assert np.allclose(path.x, 0, atol=1e-7)


def test_E22_momentum_has_effective_step_lr_over_one_minus_beta():
    path = minimize(lambda x: x, lambda x: 1.0, 0.0, Momentum(0.01, 0.9), steps=500, tol=0)
    assert path.xs[-2, 0] - path.xs[-1, 0] == pytest.approx(0.01 / (1 - 0.9))


def test_E22_heavy_ball_beats_gradient_descent_on_an_ill_conditioned_quadratic():
    H = np.diag([1.0, 100.0])
    f, grad = (lambda x: x @ H @ x / 2), (lambda x: H @ x)
    rate = (math.sqrt(100) - 1) / (math.sqrt(100) + 1)
    plain = minimize(f, grad, [1.0, 1.0], GD(2 / 101), tol=1e-8)
    ball = minimize(f, grad, [1.0, 1.0], Momentum(4 / 11**2, rate**2), tol=1e-8)
    assert plain.converged
    assert ball.converged
    assert 5 * len(ball) < len(plain)


def test_E22_tuned_heavy_ball_cycles_on_a_function_that_is_not_quadratic():
    def grad(x):  # 1 <= f'' <= 25, minimiser 0 (Lessard, Recht & Packard 2016)
        return 25 * x if x < 1 else (x + 24 if x < 2 else 25 * x - 24)

    rule = Momentum(4 / (5 + 1) ** 2, ((5 - 1) / (5 + 1)) ** 2)
    path = minimize(lambda x: 0.0, grad, 3.3, rule, steps=3000, tol=1e-10)
    assert not path.converged
    assert np.allclose(sorted(path.xs[-3:, 0]), [-1.802, 0.647, 2.116], atol=1e-3)


def test_E23_rmsprop_divides_coordinate_by_coordinate():
    rule, x = RMSprop(0.01, beta=0.9), np.zeros(3)
    g, s = np.array([1e-3, 1.0, -1e3]), rule.init(x)
    for _ in range(300):
        new, s = rule.step(x, g, s)
        step, x = new - x, new
    assert np.allclose(step, [-0.01, -0.01, 0.01], rtol=1e-4)


def test_E24_adams_first_step_does_not_see_the_scale_of_the_gradient():
    rule = Adam(0.01)
    for scale in (1e-3, 1.0, 1e3):
        x, _ = rule.step(np.zeros(1), np.array([scale]), rule.init(np.zeros(1)))
        assert x[0] == pytest.approx(-0.01, rel=2e-5)


def test_nesterov_with_beta_zero_is_gradient_descent():
    f, grad, x0 = PROBLEMS["bowl"]
    for rule in (Nesterov(0.05, 0.0), Momentum(0.05, 0.0)):
        assert np.array_equal(minimize(f, grad, x0, rule, steps=30).xs,
                              minimize(f, grad, x0, GD(0.05), steps=30).xs)


@pytest.mark.parametrize("rule", [GD(1.5), Momentum(5.0), Nesterov(2.0)])
def test_divergence_is_a_message_and_the_path_stays_finite(rule):
    path = minimize(lambda x: x**2, lambda x: 2 * x, 10, rule, steps=10_000)
    assert not path.converged
    assert path.message.startswith("diverged after")
    for part in (path.xs, path.fs, path.grad_norms):
        assert np.all(np.isfinite(part))
        assert np.all(np.abs(part) <= 1e102)
    assert len(path) == len(path.xs) == len(path.grad_norms) < 10_000


def test_leaving_the_domain_is_divergence():
    path = minimize(lambda x: x - np.log(x), lambda x: 1 - 1 / x, 0.1, GD(0.5))
    assert path.converged  # from 0.1 the first step lands at 4.6
    path = minimize(lambda x: np.sqrt(x), lambda x: 0.5 / np.sqrt(x), 1.0, GD(0.4))
    assert path.message.startswith("diverged")
    assert np.all(path.xs >= 0)


def test_a_start_at_the_minimum_takes_no_step():
    path = minimize(lambda x: x @ x, lambda x: 2 * x, [0, 0], GD(0.1))
    assert path.converged
    assert path.xs.shape == (1, 2)
    assert minimize(lambda x: x @ x, lambda x: 2 * x, [1, 0], GD(0.1), steps=0).xs.shape == (1, 2)


def test_plain_python_scalar_functions_work():
    path = minimize(math.cosh, math.sinh, 1.0, GD(0.5))
    assert path.converged
    assert path.xs.shape[1] == 1


def test_scheduled_multiplies_the_step_size():
    rule, x = Scheduled(Momentum(0.5, 0.0), lambda t: 1 / t), np.zeros(1)
    state = rule.init(x)
    for _ in range(4):
        x, state = rule.step(x, np.ones(1), state)
    assert x[0] == pytest.approx(-0.5 * (1 + 1 / 2 + 1 / 3 + 1 / 4))
    path = minimize(lambda x: x**2, lambda x: 2 * x, 1.0, Scheduled(GD(0.1), lambda t: 1 - t / 5),
                    steps=5)
    assert path.xs[:, 0] == pytest.approx(np.cumprod([1, 1 - .16, 1 - .12, 1 - .08, 1 - .04, 1]))
    with pytest.raises(ValueError, match=r"factor must lie in \[0, inf\), got -1"):
        minimize(lambda x: x**2, lambda x: 2 * x, 1.0, Scheduled(GD(0.1), lambda t: -1))


# --- stochastic ------------------------------------------------------------------------------

DATA = np.random.default_rng(5).normal(size=100)


def mean_loss(x, idx):
    return np.mean((x - DATA[idx]) ** 2) / 2, np.mean(x - DATA[idx])


def test_full_batches_are_gradient_descent():
    path = minimize_stochastic(mean_loss, 3.0, GD(0.3), 100, batch_size=100, epochs=50,
                               rng=np.random.default_rng(0))
    full = minimize(lambda x: mean_loss(x, slice(None))[0], lambda x: mean_loss(x, slice(None))[1],
                    3.0, GD(0.3), steps=50)
    assert np.allclose(path.xs, full.xs)
    assert path.converged == full.converged


def test_each_epoch_sees_every_example_once_in_a_new_order():
    seen = []

    def spy(x, idx):
        seen.append(np.array(idx))
        return mean_loss(x, idx)

    minimize_stochastic(spy, 3.0, GD(0.01), 10, batch_size=4, epochs=2,
                        rng=np.random.default_rng(0))
    batches = [idx for idx in seen if len(idx) < 10]
    first, second = np.concatenate(batches[:3]), np.concatenate(batches[3:])
    assert [len(b) for b in batches] == [4, 4, 2, 4, 4, 2]
    assert sorted(first) == sorted(second) == list(range(10))
    assert not np.array_equal(first, second)


def test_the_same_seed_gives_the_same_path():
    runs = [minimize_stochastic(mean_loss, 3.0, Adam(0.1), 100, batch_size=7, epochs=3,
                                rng=np.random.default_rng(8), replace=r) for r in (True, True)]
    assert np.array_equal(runs[0].xs, runs[1].xs)


def test_E21_batch_gradients_are_unbiased_with_variance_over_b():
    steps = {}
    for b in (1, 16):
        path = minimize_stochastic(mean_loss, 0.0, Scheduled(GD(1.0), lambda t: 1e-9), 100,
                                   batch_size=b, epochs=4000 * b // 100, replace=True,
                                   record="step", tol=0, rng=np.random.default_rng(b))
        steps[b] = -np.diff(path.xs[:, 0]) * 1e9
    assert steps[1].mean() == pytest.approx(-DATA.mean(), abs=5 * DATA.std(ddof=0) / 4000**0.5)
    assert steps[1].var(ddof=0) == pytest.approx(DATA.var(ddof=0), rel=0.1)
    assert steps[16].var(ddof=0) == pytest.approx(DATA.var(ddof=0) / 16, rel=0.1)


def test_E21_constant_steps_end_in_a_noise_ball_of_the_predicted_variance():
    path = minimize_stochastic(mean_loss, DATA.mean(), GD(0.1), 100, batch_size=1, epochs=400,
                               replace=True, record="step", tol=0, rng=np.random.default_rng(3))
    assert path.xs[500:].var(ddof=0) == pytest.approx(0.1 * DATA.var(ddof=0) / (2 - 0.1), rel=0.1)
    assert len(path) == 40_001
    assert not path.converged


def test_decreasing_steps_converge_to_the_minimiser():
    path = minimize_stochastic(mean_loss, 5.0, Scheduled(GD(1.0), lambda t: 1 / t), 100,
                               batch_size=1, epochs=1, rng=np.random.default_rng(3))
    assert path.x[0] == pytest.approx(DATA.mean(), abs=1e-12)  # one pass of c/t is the mean itself


def test_stochastic_divergence_is_a_message():
    for record in ("epoch", "step"):
        path = minimize_stochastic(mean_loss, 3.0, GD(1e6), 100, batch_size=1, epochs=5,
                                   record=record, rng=np.random.default_rng(0))
        assert path.message.startswith("diverged")
        assert np.all(np.isfinite(path.xs))
        assert np.all(np.isfinite(path.fs))


# --- bad input -------------------------------------------------------------------------------

def quick(**change):
    arguments = dict(f=lambda x: x @ x, grad=lambda x: 2 * x, x0=[1.0, 2.0], rule=GD(0.1), steps=3)
    arguments |= change
    keywords = {k: arguments.pop(k) for k in ("steps", "tol") if k in arguments}
    return minimize(*arguments.values(), **keywords)


def quick_stochastic(**change):
    keywords = dict(value_and_grad=mean_loss, x0=1.0, rule=GD(0.1), n=100, batch_size=10, epochs=1,
                    rng=np.random.default_rng(0))
    return minimize_stochastic(**(keywords | change))


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: GD(0), ValueError, r"lr must lie in \(0, inf., got 0"),
    (lambda: GD("fast"), TypeError, "lr must be a single real number"),
    (lambda: Momentum(0.1, 1.0), ValueError, r"beta must lie in \[0, 1\), got 1"),
    (lambda: Adam(0.1, beta2=-0.1), ValueError, "beta2 must lie in"),
    (lambda: RMSprop(0.1, eps=0.0), ValueError, "eps must lie in"),
    (lambda: Scheduled(GD(0.1), 3), TypeError, "factor must be a function"),
    (lambda: Scheduled(Scheduled(GD(0.1), abs), abs), TypeError, "must have a step size lr"),
    (lambda: quick(rule=GD), TypeError, "for example GD"),
    (lambda: quick(rule=0.1), TypeError, "rule must be an optimiser"),
    (lambda: quick(x0=[]), ValueError, r"got shape \(0,\)"),
    (lambda: quick(x0=[[1.0]]), ValueError, "use .ravel"),
    (lambda: quick(x0=[np.inf, 1.0]), ValueError, "x0 must be finite, got inf"),
    (lambda: quick(x0=[1e200, 1.0]), ValueError, "rescale"),
    (lambda: quick(steps=-1), ValueError, "steps must be at least 0, got -1"),
    (lambda: quick(steps=2.5), TypeError, "steps must be an integer"),
    (lambda: quick(tol=-1.0), ValueError, "tol must lie in"),
    (lambda: quick(f=3), TypeError, "f must be a function"),
    (lambda: quick(f=lambda x: x), ValueError, "f must return one number"),
    (lambda: quick(f=lambda x: "low"), TypeError, "f must return real numbers, got 'low'"),
    (lambda: quick(f=lambda x: np.nan), ValueError, "finite at x0, got f = nan"),
    (lambda: quick(grad=lambda x: x * np.inf), ValueError, "gradient norm inf"),
    (lambda: quick(grad=lambda x: x[:, None]), ValueError, r"\(2,\), got \(2, 1\)"),
    (lambda: quick_stochastic(batch_size=101), ValueError, "batch_size must be at least 1 and"),
    (lambda: quick_stochastic(rng=0), TypeError, "rng must be a numpy.random.Generator"),
    (lambda: quick_stochastic(record="all"), ValueError, "record must be one of"),
    (lambda: quick_stochastic(value_and_grad=lambda x, i: x), TypeError, "must return a pair"),
])
def test_bad_input_names_the_rule_and_the_value(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_a_rule_that_changes_the_shape_is_refused():
    class Column:
        def init(self, x):
            return None

        def step(self, x, g, state):
            return x[:, None] - g, state

    with pytest.raises(ValueError, match=r"shape \(2,\), got float64 of shape \(2, 2\)"):
        quick(rule=Column())


@pytest.mark.parametrize(("step", "error", "text"), [
    (lambda x, g, state: x - g, TypeError, r"must return a pair \(x, state\), got ndarray"),
    (lambda x, g, state: (x - 1j * g, state), ValueError, "real point of shape .* got complex128"),
])
def test_a_rule_that_returns_something_else_is_refused(step, error, text):
    class Other:
        def init(self, x):
            return None

    Other.step = staticmethod(step)
    with pytest.raises(error, match=text):
        quick(rule=Other())


def test_a_rule_keeps_plain_floats():
    assert GD(np.array(0.5)) == GD(0.5)
    assert len({GD(np.float32(0.5)), GD(0.5)}) == 1
    assert isinstance(Adam(np.array(0.5), beta2=0).beta2, float)


def test_any_rule_with_a_step_size_can_be_scheduled():
    class Signs:  # no dataclass
        lr = 1.0

        def init(self, x):
            return None

        def step(self, x, g, state):
            return x - self.lr * np.sign(g), state

    signs = Signs()
    rule = Scheduled(signs, lambda t: 1 / t)
    path = minimize(lambda x: x**2, lambda x: 2 * x, 5.0, rule, steps=3)
    assert path.xs[:, 0] == pytest.approx([5, 4, 3.5, 3.5 - 1 / 3])
    assert signs.lr == 1.0


@pytest.mark.parametrize("replace", [True, False])
def test_a_loss_that_changes_its_indices_fails_instead_of_changing_the_loss(replace):
    def rude(x, idx):
        if len(idx) == 100:
            idx.fill(0)
        return mean_loss(x, idx)

    with pytest.raises(ValueError, match="read-only"):
        quick_stochastic(value_and_grad=rude)

    def rude_in_a_batch(x, idx):
        if len(idx) < 100:
            idx.fill(0)
        return mean_loss(x, idx)

    with pytest.raises(ValueError, match="read-only"):
        quick_stochastic(value_and_grad=rude_in_a_batch, replace=replace)


def test_nothing_is_evaluated_before_the_tolerance_is_checked():
    calls = []
    for minimise in (lambda f: minimize(f, f, 1.0, GD(0.1), tol=-1),
                     lambda f: newton(f, f, f, 1.0, tol=-1), lambda f: bfgs(f, f, 1.0, tol=-1)):
        with pytest.raises(ValueError, match="tol must lie in"):
            minimise(lambda x: calls.append(x) or x)
    assert not calls


def test_the_gradient_is_compared_with_its_size_at_the_start_only_if_that_is_above_one():
    """‖g‖ <= tol·max(1, ‖g0‖): with tol = 1e-3, g0 = 0.01 stops at 1e-3, g0 = 100 at 0.1."""
    for size, stop in ((0.01, 1e-3), (100.0, 0.1)):
        path = minimize(lambda x: x**2 / 2, lambda x: x, size, GD(0.5), tol=1e-3)
        assert path.grad_norms[-1] <= stop < path.grad_norms[-2]
    at = minimize(lambda x: x**2 / 2, lambda x: x, 0.25, GD(0.5), tol=0.25)
    assert at.converged  # equality is enough
    assert len(at) == 1


def test_divergence_is_measured_by_the_size_of_value_and_gradient_at_the_start():
    """A constant of 1e102 in f, or a slope of 1e101, moves the bound of 1e100 with it."""
    huge = 1e90
    path = minimize(lambda x: huge * (1e12 + x**2), lambda x: 2 * x * huge, 1.0, GD(0.1 / huge))
    assert path.converged, path.message
    steep = minimize(lambda x: 1e101 * x, lambda x: 1e101, 1e-9, GD(1e-112), steps=5)
    assert not steep.message.startswith("diverged")
    assert minimize(lambda x: x, lambda x: 1.0, 0.0, GD(1e101), steps=3).message[:8] == "diverged"


@pytest.mark.parametrize(("later", "diverges"), [(1e100, False), (1.01e100, True)])
def test_beyond_the_bound_is_divergence_and_at_it_is_not(later, diverges):
    by_gradient = minimize(lambda x: 0.0, lambda x: 1.0 if x == 0 else later, 0.0, GD(0.1), steps=1)
    by_point = minimize(lambda x: 0.0, lambda x: -1.0, 0.0, GD(later), steps=1)
    by_value = minimize(lambda x: 0.0 if x == 0 else later, lambda x: 1.0, 0.0, GD(1.0), steps=1)
    for path in (by_gradient, by_point, by_value):
        assert path.message.startswith("diverged") == diverges


def test_one_example_is_a_data_set():
    path = minimize_stochastic(lambda x, idx: (x**2 / 2, x), 1.0, GD(0.5), 1, batch_size=1,
                               epochs=3, rng=np.random.default_rng(0))
    assert path.xs[:, 0].tolist() == [1, 0.5, 0.25, 0.125]


def test_epsilon_is_added_to_the_root():
    g = np.array([0.5, -2.0])
    x, s = RMSprop(0.1, beta=0.75, eps=0.3).step(np.zeros(2), g, np.zeros(2))
    assert s == pytest.approx(0.25 * g**2)
    assert x == pytest.approx(-0.1 * g / (0.5 * abs(g) + 0.3))
    rule = Adam(0.1, eps=0.3)
    x, _ = rule.step(np.zeros(2), g, rule.init(np.zeros(2)))
    assert x == pytest.approx(-0.1 * g / (abs(g) + 0.3))


def test_every_point_that_is_handed_out_is_read_only():
    def rude(x):
        if x[0] != 1.0:
            x *= 2  # not at the start, but later
        return x

    with pytest.raises(ValueError, match="read-only"):
        minimize(lambda x: x @ x, rude, [1.0, 2.0], GD(0.1))
