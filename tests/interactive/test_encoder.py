"""The encoder: applying state k to the base gives frame k, exactly, whatever the frames are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathml.interactive._tree import Node, parse, serialise
from mathml.interactive.encoder import apply_state, canonical, encode


def assert_round_trip(frames: list[str], base: int = 0) -> None:
    encoding = encode(frames, base=base)
    assert encoding.n_states == len(frames)
    for k, frame in enumerate(frames):
        assert apply_state(encoding, k) == canonical(frame)


def test_one_frame_has_no_differences():
    encoding = encode(["<svg><g/></svg>"])
    assert encoding.slots == ()
    assert encoding.base == "<svg><g/></svg>"


def test_the_base_is_the_first_frame_unless_another_is_named():
    frames = [f'<svg><a x="{k}"/></svg>' for k in range(3)]
    assert encode(frames).base == frames[0]
    assert encode(frames, base=1).base == frames[1]


def test_attribute_text_and_absence():
    frames = ['<svg><text x="1">a</text></svg>', '<svg><text x="2">b</text></svg>',
              "<svg><text>a</text></svg>", '<svg><text x="1"/></svg>']
    assert_round_trip(frames)
    kinds = {slot.kind for slot in encode(frames).slots}
    assert kinds == {"attr", "text"}


@pytest.mark.parametrize("base", [0, 1, 2])
def test_number_of_elements_changes(base):
    frames = [f'<svg><g class="axis">{"<line/>" * n}</g><path d="M{n}"/></svg>' for n in (3, 0, 5)]
    assert_round_trip(frames, base)


def test_a_run_in_the_middle_leaves_its_neighbours_addressable():
    frames = [f'<svg><rect x="{n}"/>{"<line/>" * n}<text>{n}</text></svg>' for n in range(4)]
    assert_round_trip(frames)
    runs = [slot for slot in encode(frames).slots if slot.kind == "run"]
    assert [slot.where for slot in runs] == [(1, 1)]


@pytest.mark.parametrize("base", [0, 1, 2])
def test_the_number_of_like_elements_changes(base):
    frames = [f"<svg>{'<line/>' * n}</svg>" for n in (3, 0, 5)]
    assert_round_trip(frames, base)
    frames = [f'<svg><rect x="{n}"/>{"<line/>" * n}</svg>' for n in (3, 1, 2)]
    assert_round_trip(frames, base)
    (run,) = [slot for slot in encode(frames, base=base).slots if slot.kind == "run"]
    assert run.where == (2, 0)  # the first line is in all


def test_order_changes():
    frames = ["<svg><a/><b/><c/></svg>", "<svg><c/><b/><a/></svg>"]
    assert_round_trip(frames)
    assert [slot.where for slot in encode(frames).slots] == [(0, 0)]


def test_places_that_change_in_step_share_a_pattern():
    frames = [f'<svg><a x="{k}" y="{-k}"/><b z="{k * k}"/></svg>' for k in range(5)]
    encoding = encode(frames)
    assert len(encoding.slots) == 3
    assert len(encoding.patterns) == 1


def test_a_value_is_stored_once():
    frames = [f'<svg><a x="{k % 2}"/></svg>' for k in range(10)]
    (slot,) = encode(frames).slots
    assert slot.values == ("0", "1")


def test_same_frames_same_encoding():
    frames = [f'<svg><g a="1" b="{k}">{"<c/>" * k}</g></svg>' for k in range(4)]
    assert encode(frames) == encode(list(frames))


def test_clear_errors():
    with pytest.raises(ValueError, match="at least one drawing"):
        encode([])
    with pytest.raises(ValueError, match="share one root tag"):
        encode(["<svg/>", "<g/>"])


names = st.sampled_from(["g", "path", "text", "use"])
texts = st.text(alphabet="ab<&>\"' é−", max_size=5)
attributes = st.dictionaries(st.sampled_from(["d", "x", "class", "style"]), texts, max_size=3)


def nodes(children):
    return st.builds(Node, names, attributes, st.lists(children, max_size=4))


trees = st.recursive(st.builds(Node, names, attributes),
                     lambda inner: nodes(inner | texts.filter(bool)), max_leaves=12)
frames = st.lists(trees, min_size=1, max_size=6).map(
    lambda roots: [serialise(Node("svg", {}, [root])) for root in roots])


@settings(max_examples=300)
@given(frames, st.data())
def test_round_trip_on_random_trees(frames, data):
    assert_round_trip(frames, base=data.draw(st.integers(0, len(frames) - 1)))


@settings(max_examples=100)
@given(trees)
def test_canonical_spelling_is_stable(tree):
    text = serialise(tree)
    assert serialise(parse(text)) == canonical(text)
    assert canonical(canonical(text)) == canonical(text)
