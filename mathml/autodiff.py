"""Reverse-mode automatic differentiation: a tape, and a table of derivatives.

`Tensor` records what is computed from it with NumPy's own functions; `backward` walks the record
from the result to its inputs and applies the chain rule once per operation. To know one more
operation is one more row of the table ``VJP``.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from scipy import special

from mathml._check import as_bool, as_float_array, as_function, as_returned_number

# The table of derivatives. For y = op(a, b, ...) and a loss L, each argument has its
# vector-Jacobian product: from ḡ = ∂L/∂y, y itself and the arguments, ∂L/∂argument.
VJP = {
    np.add: (lambda g, y, a, b: g,
             lambda g, y, a, b: g),
    np.subtract: (lambda g, y, a, b: g,
                  lambda g, y, a, b: -g),
    np.multiply: (lambda g, y, a, b: g * b,
                  lambda g, y, a, b: g * a),
    np.divide: (lambda g, y, a, b: g / b,
                lambda g, y, a, b: -g * y / b),
    np.power: (lambda g, y, a, b: g * b * a ** np.where(b == 0, 1, b - 1),  # a⁰: 0, at a = 0 too
               lambda g, y, a, b: g * y * np.log(np.where(a == 0, 1, a))),  # 0ᵇ stays 0
    np.matmul: (lambda g, y, a, b: (_matrix(g, a, b) @ _column(b).T).reshape(a.shape),
                lambda g, y, a, b: (_row(a).T @ _matrix(g, a, b)).reshape(b.shape)),
    np.maximum: (lambda g, y, a, b: g * (a > b),
                 lambda g, y, a, b: g * (a <= b)),  # a tie is given to the second argument
    np.minimum: (lambda g, y, a, b: g * (a < b),
                 lambda g, y, a, b: g * (a >= b)),
    np.logaddexp: (lambda g, y, a, b: g * special.expit(a - b),
                   lambda g, y, a, b: g * special.expit(b - a)),
    np.negative: (lambda g, y, x: -g,),
    np.absolute: (lambda g, y, x: g * np.sign(x),),  # 0 at the kink
    np.square: (lambda g, y, x: g * 2 * x,),
    np.sqrt: (lambda g, y, x: g / (2 * y),),
    np.exp: (lambda g, y, x: g * y,),
    np.expm1: (lambda g, y, x: g * (y + 1),),
    np.log: (lambda g, y, x: g / x,),
    np.log1p: (lambda g, y, x: g / (1 + x),),
    np.sin: (lambda g, y, x: g * np.cos(x),),
    np.cos: (lambda g, y, x: -g * np.sin(x),),
    np.tanh: (lambda g, y, x: g * (1 - y**2),),
    special.expit: (lambda g, y, x: g * y * (1 - y),),
    special.log_expit: (lambda g, y, x: g * special.expit(-x),),
}
COMPARISONS = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}

_numbers = count()  # a tensor is younger than all it was computed from


class Tensor(NDArrayOperatorsMixin):
    r"""An array that remembers how it was computed.

    The operators ``+ - * / ** @``, NumPy's ``exp expm1 log log1p sqrt square sin cos tanh abs
    maximum minimum logaddexp`` and SciPy's ``expit log_expit`` work on it, elementwise ones with
    broadcasting, and so do ``sum mean reshape T`` and indexing. So a function written for arrays is
    a function of tensors:

    .. math:: \bar x = \frac{\partial L}{\partial x}, \qquad
              \bar x \mathrel{+}= \Big(\frac{\partial y}{\partial x}\Big)^{\!\top} \bar y
              \quad \text{for every } y \text{ computed directly from } x

    Parameters
    ----------
    value : array_like, any shape, at least one entry
        Copied; never changed.

    Attributes
    ----------
    value : ndarray
        Read-only.
    grad : ndarray of the same shape, or None
        ∂L/∂self of the last `backward` that reached this tensor, which is set anew each time: a
        second pass never adds to the first.

    Raises
    ------
    ValueError
        If a value or a derivative is not finite, where it arises; if shapes do not fit.
    TypeError
        If an operation has no row in the table, or something would take the tensor for an array or
        a float and so cut the record.

    Notes
    -----
    Where there is no derivative one is chosen: ``abs`` has 0 at 0, and ``maximum(a, b)`` and
    ``minimum(a, b)`` give a tie to their second argument, so that ``maximum(x, 0)``, the ReLU, has
    0 at 0 (and ``maximum(0, x)`` 1). Matrix products are
    those of vectors and matrices.

    References
    ----------
    Griewank & Walther (2008), Evaluating Derivatives, §3.2; Baydin et al. (2018).

    Examples
    --------
    >>> x = Tensor([1.0, 2.0, 3.0])
    >>> loss = np.sum(x * np.exp(-x))
    >>> loss.backward()
    >>> x.grad.round(6).tolist()  # (1 - x) e⁻ˣ
    [0.0, -0.135335, -0.099574]
    """

    def __init__(self, value) -> None:
        self._set("value", as_float_array(value, "value"), ())

    def _set(self, operation: str, value: np.ndarray, sources: tuple) -> None:
        if value.size == 0:
            raise ValueError(f"{operation} must have at least 1 entry, got shape {value.shape}; "
                             "leave out what is empty")
        if not np.isfinite(value).all():
            raise ValueError(f"{operation} must be finite, got {value[~np.isfinite(value)].flat[0]}"
                             "; keep its arguments inside its domain and range")
        value.flags.writeable = False  # the derivatives of later operations are computed from it
        self.value, self.grad = value, None
        self._operation, self._sources, self._number = operation, sources, next(_numbers)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return self.value.shape

    def backward(self) -> None:
        """Set ``grad`` of this tensor, one number, and of all it was computed from.

        Raises
        ------
        ValueError
            If this is more than one number, or a derivative on the way is not finite.

        Examples
        --------
        >>> x = Tensor(3.0)
        >>> y = x * x + x
        >>> y.backward()
        >>> y.backward()
        >>> float(x.grad)
        7.0
        """
        if self.value.size != 1:
            raise ValueError(f"backward must start from one number, got shape {self.shape}; "
                             "sum or average it first")
        tape = self._tape()
        for node in tape:
            node.grad = None
        self.grad = np.ones(self.shape)
        for node in tape:
            for source, vjp in node._sources:
                with np.errstate(all="ignore"):
                    g = np.asarray(vjp(node.grad))
                    g = g if source.grad is None else source.grad + g
                if not np.isfinite(g).all():
                    raise ValueError(f"the derivative of {node._operation} must be finite, got "
                                     f"{g[~np.isfinite(g)].flat[0]}; move away from that point")
                source.grad = g

    def _tape(self) -> list[Tensor]:
        """All that this tensor was computed from, itself first, each before its sources."""
        found, stack = {self._number: self}, [self]
        while stack:  # a loop, since a recursion would end at a depth of 1000
            for source, _ in stack.pop()._sources:
                if source._number not in found:
                    found[source._number] = source
                    stack.append(source)
        return [found[number] for number in sorted(found, reverse=True)]

    def sum(self, axis=None, keepdims: bool = False) -> Tensor:
        """Sum over all entries, or over one or more axes.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).sum(axis=0)
        Tensor([4., 6.])
        """
        _check_axis(axis, self.value.ndim)
        as_bool(keepdims, "keepdims")

        def vjp(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, self.shape)

        with np.errstate(all="ignore"):
            return _record("sum", self.value.sum(axis=axis, keepdims=keepdims), (self, vjp))

    def mean(self, axis=None, keepdims: bool = False) -> Tensor:
        """Mean over all entries, or over one or more axes.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).mean()
        Tensor(2.5)
        """
        total = self.sum(axis, keepdims)
        return total / (self.value.size / total.value.size)

    def reshape(self, *shape) -> Tensor:
        """The same entries in another shape.

        Examples
        --------
        >>> Tensor([1, 2, 3, 4]).reshape(2, 2)
        Tensor([[1., 2.],
                [3., 4.]])
        """
        try:
            value = self.value.reshape(*shape)
        except (ValueError, TypeError):
            raise ValueError(f"a shape must have {self.value.size} entries, got {shape}; "
                             "choose one that does") from None
        return _record("reshape", value, (self, lambda g: g.reshape(self.shape)))

    @property
    def T(self) -> Tensor:
        """The transpose: the axes in reverse order."""
        return _record("T", self.value.T, (self, lambda g: g.T))

    def __getitem__(self, index) -> Tensor:
        taken = np.arange(self.value.size).reshape(self.shape)[index]  # what index says now

        def vjp(g):  # an entry that was taken twice gets both shares
            return np.bincount(taken.ravel(), g.ravel(), self.value.size).reshape(self.shape)

        return _record("indexing", self.value[index], (self, vjp))

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)  # as of arrays: by the value if there is one, else an error

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.value, separator=', ', prefix='Tensor(')})"

    def __array__(self, dtype=None, copy=None):
        raise TypeError("a Tensor must stay a Tensor, got a call that makes it an array and so cuts"
                        " the record; use the functions in the table VJP, or .value where no "
                        "derivative is meant")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if ufunc in COMPARISONS and method == "__call__" and not kwargs:
            return ufunc(*(_value(x) for x in inputs))
        if method != "__call__" or kwargs or ufunc not in VJP:
            what = f"{ufunc.__name__}.{method}" if method != "__call__" else ufunc.__name__
            how = f" with {', '.join(kwargs)}" if kwargs else ""
            raise TypeError(f"an operation must be in the table of derivatives, got {what}{how}; "
                            "write it with those in mathml.autodiff.VJP (x = x + y for x += y)")
        arguments = [_value(x) for x in inputs]
        if ufunc is np.matmul and any(a.ndim > 2 for a in arguments):
            raise ValueError("matmul must have vectors and matrices, got shapes "
                             f"{' and '.join(str(a.shape) for a in arguments)}; take one at a time")
        try:
            with np.errstate(all="ignore"):
                y = np.asarray(ufunc(*arguments))
        except ValueError:
            raise ValueError(f"the shapes of {ufunc.__name__} must fit, got "
                             f"{' and '.join(str(a.shape) for a in arguments)}; reshape one"
                             ) from None

        def share(vjp: Callable, shape: tuple[int, ...]) -> Callable:
            return lambda g: _undo_broadcasting(vjp(g, y, *arguments), shape)

        return _record(ufunc.__name__, y, *(
            (x, share(vjp, x.shape))
            for x, vjp in zip(inputs, VJP[ufunc], strict=True) if isinstance(x, Tensor)))

    def __array_function__(self, function, types, args, kwargs):
        if function not in METHODS:
            raise TypeError("a function must be in the table of derivatives, got "
                            f"np.{function.__name__}; write it with those in mathml.autodiff.VJP")
        return METHODS[function](*args, **kwargs)


METHODS = {np.sum: Tensor.sum, np.mean: Tensor.mean, np.reshape: Tensor.reshape,
           np.transpose: lambda x: x.T}


def logsumexp(x, axis=None, keepdims: bool = False) -> Tensor:
    r"""log Σ exp of a tensor without overflow, over all entries or along an axis.

    .. math:: \operatorname{LSE}(x) = \log \sum_i e^{x_i}, \qquad
              \nabla \operatorname{LSE}(x) = \operatorname{softmax}(x)

    Parameters
    ----------
    x : Tensor or array_like, any shape
    axis : int or tuple of int, optional
    keepdims : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If `x` is empty or not finite, or has no such axis.

    References
    ----------
    Blanchard, Higham & Higham (2021).

    Examples
    --------
    >>> x = Tensor([1000.0, 1000.0])
    >>> y = logsumexp(x)
    >>> y.backward()
    >>> round(float(y.value), 6), x.grad.tolist()
    (1000.693147, [0.5, 0.5])
    """
    x = x if isinstance(x, Tensor) else Tensor(x)
    _check_axis(axis, x.value.ndim)
    as_bool(keepdims, "keepdims")
    y = special.logsumexp(x.value, axis=axis, keepdims=True)

    def vjp(g):
        return np.reshape(g, y.shape) * special.softmax(x.value, axis=axis)

    return _record("logsumexp", y if keepdims else np.squeeze(y, axis), (x, vjp))


def value_and_grad(f: Callable) -> Callable:
    r"""The function that returns the value of `f` and its gradient, from one pass back.

    .. math:: x \mapsto \bigl(f(x), \nabla f(x)\bigr)

    Parameters
    ----------
    f : callable
        Takes one or more tensors, returns one number: a function of arrays, if it is written with
        the operations of `Tensor`.

    Returns
    -------
    callable
        Takes as many arrays as `f` takes tensors. Returns f's value, a float, and the gradient: an
        array of the shape of the argument (a float, if that is a number), or a tuple of them for
        several arguments. An argument that `f` does not use has gradient zero.

    Raises
    ------
    ValueError, TypeError
        As `Tensor` does; also if `f` does not return one number.

    References
    ----------
    Griewank & Walther (2008), Evaluating Derivatives, §3.2.

    Examples
    --------
    >>> value_and_grad(lambda w: np.sum(w ** 2))([1, 2, 3])
    (14.0, array([2., 4., 6.]))
    >>> round(value_and_grad(lambda x: np.sin(x) / x)(np.pi)[1], 6)  # -1/π
    -0.31831
    """
    as_function(f, "f")

    def value_and_gradient(*arguments):
        if not arguments:
            raise TypeError("the gradient of f must be taken at a point, got none; pass one")
        tensors = [Tensor(a) for a in arguments]
        y = f(*tensors)
        if not isinstance(y, Tensor):  # it used none of them
            y = Tensor(as_returned_number(y, "f"))
        y.backward()
        gradients = tuple(np.zeros(t.shape) if t.grad is None else np.array(t.grad)
                          for t in tensors)
        gradients = tuple(g if g.ndim else float(g) for g in gradients)
        return y.value.item(), gradients[0] if len(gradients) == 1 else gradients

    return value_and_gradient


def _record(operation: str, value, *sources) -> Tensor:
    tensor = Tensor.__new__(Tensor)
    tensor._set(operation, np.asarray(value).view(), sources)
    return tensor


def _value(x) -> np.ndarray:
    return x.value if isinstance(x, Tensor) else as_float_array(x, "an operand")


def _undo_broadcasting(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum over every axis along which an argument of this shape was repeated."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    repeated = tuple(i for i, size in enumerate(shape) if size == 1 != g.shape[i])
    return g.sum(axis=repeated, keepdims=True)


def _row(a: np.ndarray) -> np.ndarray:
    return a.reshape(1, -1) if a.ndim == 1 else a


def _column(b: np.ndarray) -> np.ndarray:
    return b.reshape(-1, 1) if b.ndim == 1 else b


def _matrix(g: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """∂L/∂(ab) with the axis back that a vector a or b has lost in the product."""
    return g.reshape(_row(a).shape[0], _column(b).shape[1])


def _check_axis(axis, ndim: int) -> None:
    axes = axis if isinstance(axis, tuple) else () if axis is None else (axis,)
    for a in axes:
        if isinstance(a, (bool, np.bool_)) or not isinstance(a, (int, np.integer)):
            raise TypeError(f"axis must be an integer or a tuple of them, got {a!r}; pass one")
        if not -ndim <= a < ndim:
            raise ValueError(f"axis must lie in [{-ndim}, {ndim - 1}], got {a}; choose another")
