"""Settings of every test run."""


def pytest_configure(config):
    """Settle what every run shares, with or without the packages of the test extra."""
    draw_the_same_examples()
    run_cells_as_a_notebook_does()


def draw_the_same_examples():
    """Let Hypothesis depend neither on the clock nor on chance."""
    try:
        from hypothesis import settings
    except ImportError:  # it comes with the test extra only
        return
    settings.register_profile("book", deadline=None, derandomize=True)
    settings.load_profile("book")


def run_cells_as_a_notebook_does():
    """Let a final semicolon silence a cell under nbval, as it does in a notebook.

    nbval keeps its cells out of the kernel's history, and that is where IPython (9.18) looks for
    the semicolon: without this, `ax.legend();` would print its address.
    """
    try:
        from nbval.kernel import RunningKernel
    except ImportError:  # so does nbval
        return

    def execute_cell_input(self, cell_input, allow_stdin=None):
        return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)

    RunningKernel.execute_cell_input = execute_cell_input


def pytest_collectstart(collector):
    """Let nbval compare text alone: pictures and pages are the site tests' business."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html", "image/svg+xml")
