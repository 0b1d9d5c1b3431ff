"""Settings of every test run."""


def pytest_configure(config):
    """Let nbval run cells as a notebook does, so that a final semicolon silences them.

    nbval keeps its cells out of the kernel's history, and that is where IPython (9.18) looks for
    the semicolon: without this, `ax.legend();` would print its address.
    """
    try:
        from nbval.kernel import RunningKernel
    except ImportError:  # nbval comes with the test extra only
        return

    def execute_cell_input(self, cell_input, allow_stdin=None):
        return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)

    RunningKernel.execute_cell_input = execute_cell_input


def pytest_collectstart(collector):
    """Let nbval compare text alone: pictures and pages are the site tests' business."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html", "image/svg+xml")
