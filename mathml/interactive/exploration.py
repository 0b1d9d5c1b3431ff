"""``explore``: a figure that a reader can move, with a kernel or without one."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from mathml._check import as_positive, as_vector
from mathml.interactive.controls import Control, Point
from mathml.interactive.figure import Exploration, Panel, function_name
from mathml.interactive.mode import is_static
from mathml.interactive.shown import show
from mathml.interactive.slugs import as_name

MAX_STATES = 240


def explore(draw: Callable | list[Callable] | dict[str, Callable], /, *, title: str,
            size: tuple[float, float] = (6.4, 3.8), **controls: Control | Point) -> Exploration:
    """Let a reader move a figure.

    With a kernel, sliders redraw the figure. In the book's build every combination is drawn once
    and stored, so that the page needs no kernel and no network.

    Parameters
    ----------
    draw : function, list of functions, or dict of str to function
        ``draw(ax, **values)`` draws on the axes and returns one sentence that says what is now to
        be seen; name its first parameter ``fig`` to be given the whole figure instead. After the
        sentence it may return a dict of what the page's text quotes: ``return "...", {"q": q}``. Of
        a list, each function is a panel of its own: it is given the controls that its parameters
        name, and only those multiply its number of states. The keys of a dict are the panels'
        names, by which labels and sentences call them.
    title : str
        What the figure is about; also its accessible name, and its address. Distinct within a page.
    size : tuple of float, default (6.4, 3.8)
        Width and height of one panel in inches, at 72 units per inch.
    **controls : Control or Point
        `slider`, `log_slider`, `choice` or `point`, by the name of the parameter they set, which
        cannot be ``title`` or ``size``. A slider named ``play`` can run by itself.

    Returns
    -------
    Exploration
        Shown when it is the last expression of a cell.

    Raises
    ------
    ValueError, TypeError
        If there is no title or no control, two share a label, a control moves no panel, a parameter
        has no control, or there are more than 240 states; RuntimeError if a drawing fails, and
        TypeError if it returns no sentence.

    Examples
    --------
    >>> def line(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     return f"The line rises by {slope:g} per unit."
    >>> from mathml.interactive import slider
    >>> explore(line, title="A line", slope=slider(-1, 1, 5, label="slope"))
    Exploration 'A line': move slope
    """
    for name, own in (("title", title), ("size", size)):
        if isinstance(own, (Control, Point)):
            raise ValueError(f"explore: a control must not be called {name!r}, as an argument of "
                             f"explore is, got {own!r}; rename the parameter of the drawing")
    as_name(title, "title")
    width, height = (as_positive(side, "size") for side in as_vector(size, "size", size=2))
    draws = _named(title, draw)
    _check_controls(title, controls)
    points = {name: c.label for name, c in controls.items() if isinstance(c, Point)}
    flat = _flat(controls)
    _check_labels(title, flat)
    panels = tuple(Panel(d, _control_names(title, d, controls), name) for d, name in draws)
    idle = set(flat) - {name for panel in panels for name in panel.names}
    if idle:
        raise ValueError(f"explore {title!r}: every control must move a panel, but no draw "
                         f"function has a parameter {min(idle).removesuffix('-x')!r}; add it or "
                         "drop the control")
    figure = Exploration(title, flat, panels, (width, height), points)
    if figure.n_states > MAX_STATES:
        raise ValueError(f"explore {title!r}: at most {MAX_STATES} states fit a page, got "
                         f"{figure.n_states}; use fewer slider positions or separate panels")
    figure.bundle.update(_face(figure))
    return figure


def _face(figure: Exploration) -> dict:
    """Draw now, so that an error stops the cell instead of being swallowed by the display."""
    if is_static():
        from mathml.interactive.page import exploration_html

        return {"text/html": exploration_html(figure)}
    from mathml.interactive.live import LiveFigure

    return show(LiveFigure(figure).box)


def _named(title: str, draw) -> list[tuple[Callable, str]]:
    """Every panel's function and its name; of one that has no name, the name is empty."""
    if isinstance(draw, dict):
        draws = [(d, name) for name, d in draw.items()]
    else:
        draws = [(d, "") for d in (draw if isinstance(draw, (list, tuple)) else [draw])]
    if not draws or not all(callable(d) and isinstance(name, str) for d, name in draws):
        raise TypeError(f"explore {title!r}: draw must be a function, a list of functions or a "
                        f"dict of names and functions, got {draw!r}; pass def draw(ax, ...)")
    return draws


def _flat(controls: dict[str, Control | Point]) -> dict[str, Control]:
    """The controls with each point's two in its place."""
    flat: dict[str, Control] = {}
    for name, control in controls.items():
        if isinstance(control, Point):
            flat |= {f"{name}-x": control.x, f"{name}-y": control.y}
        else:
            flat[name] = control
    return flat


def _check_controls(title: str, controls: dict) -> None:
    if not controls:
        raise ValueError(f"explore {title!r}: needs at least one control, got none; "
                         "pass name=slider(...)")
    for name, control in controls.items():
        if not name.isidentifier():  # "start-x" would hide one half of a point named "start"
            raise ValueError(f"explore {title!r}: a control's name must be one that a parameter "
                             f"can have, got {name!r}; rename it")
        if not isinstance(control, (Control, Point)):
            raise TypeError(f"explore {title!r}: {name} must be a slider, log_slider, choice or "
                            f"point, got {control!r}; write {name}=slider(start, stop, n, "
                            "label=...)")


def _check_labels(title: str, controls: dict[str, Control]) -> None:
    labels = [control.label for control in controls.values()]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ValueError(f"explore {title!r}: labels must be distinct, got {twice[0]!r} twice; "
                         "rename one")


def _control_names(title: str, draw: Callable, controls: dict) -> tuple[str, ...]:
    parameters = list(inspect.signature(draw).parameters.values())
    if not parameters:
        raise TypeError(f"explore {title!r}: {function_name(draw)} must take the axes as its first "
                        "parameter, got a function without any; write def draw(ax, ...)")
    names = []
    for parameter in parameters[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            names = list(controls)
            break
        if parameter.name in controls:
            names.append(parameter.name)
        elif parameter.default is parameter.empty:
            raise ValueError(f"explore {title!r}: {function_name(draw)} has a parameter "
                             f"{parameter.name!r} with no control; add "
                             f"{parameter.name}=slider(...) or give it a default")
    return tuple(_flat({name: c for name, c in controls.items() if name in names}))
