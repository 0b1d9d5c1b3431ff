"""Settings of every test run."""


def pytest_collectstart(collector):
    """Let nbval compare text alone: pictures and pages are the site tests' business."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html", "image/svg+xml")
