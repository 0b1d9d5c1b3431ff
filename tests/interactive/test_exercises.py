"""check: what it reads, what it says, and what its keys accept and refuse."""

from __future__ import annotations

import html
import json
import math
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import repeat

import numpy as np
import pytest
from spellings import READ, UNREADABLE

from mathml.interactive import answers, check, use_answers, verdict
from mathml.interactive.answer_key import Array, Choice, Fault, Function, Number, Proof, lookup
from mathml.interactive.entry import Unreadable, read_numbers
from mathml.interactive.extension import ASSETS
from mathml.interactive.form import form_html
from website.packages import node_program

SPELLINGS = [*READ, *UNREADABLE]
NUMBERS_JS = """
globalThis.window = {mathml: {}};
require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = ({numbers, fault}) => fault ?? numbers.map((x) => Number.isFinite(x) ? x : String(x));
console.log(JSON.stringify(cases.map(([text, n]) => told(window.mathml.readNumbers(text, n)))));
"""


def same(found, wanted) -> bool:
    """Whether numbers agree but for their last bits."""
    return len(found) == len(wanted) and all(
        math.isclose(float(a), float(b), rel_tol=1e-13) for a, b in zip(found, wanted, strict=True))


def read(text, count):
    """The numbers of a text, or what is said of it."""
    try:
        return read_numbers(text, count)
    except Unreadable as unread:
        return str(unread)


def scrambled(n) -> list[tuple[str, int]]:
    """Texts of pieces that mean something, in any order."""
    rng = np.random.default_rng(7)
    pieces = [*"0123456789.,;()[]+-*/^%√πe =&x×−⁻½²٣𝟐ß!\N{ZERO WIDTH SPACE}", "1e-3", " and ",
              "ln ", "sqrt", "log2", "np.", "pi", "∞", "steps", "0,5", "1 000", "p = ", "**"]
    return [("".join(rng.choice(pieces, size=rng.integers(1, 9))), int(rng.integers(1, 4)))
            for _ in range(n)]


class TestSpellings:
    def test_there_are_many(self):
        texts = [(text, count) for text, count, _ in SPELLINGS]
        assert len(set(texts)) == len(texts) > 280

    @pytest.mark.parametrize(("text", "count", "wanted"), READ)
    def test_read(self, text, count, wanted):
        found = read(text, count)
        assert not isinstance(found, str), found
        assert same(found, wanted)

    def test_zero_has_no_sign(self):
        assert [str(read_numbers(text, 1)[0]) for text in ("-0", "−0.0", "0")] == ["0.0"] * 3

    @pytest.mark.parametrize(("text", "count", "said"), UNREADABLE)
    def test_unreadable(self, text, count, said):
        found = read(text, count)
        assert isinstance(found, str)
        assert said in found

    def test_the_page_reads_the_same_and_says_the_same(self):
        cases = [(text, count) for text, count, _ in SPELLINGS] + scrambled(3000)
        done = subprocess.run([node_program(), "-e", NUMBERS_JS, str(ASSETS / "numbers.js")],
                              input=json.dumps(cases), capture_output=True, check=True,
                              encoding="utf-8", timeout=120)
        page = json.loads(done.stdout)
        for (text, count), found in zip(cases, page, strict=True):
            here = read(text, count)
            if isinstance(here, str) or isinstance(found, str):
                assert found == here, (text, count)
            else:
                assert same(found, here), (text, count)

    @pytest.mark.parametrize("piece", "()[],;=+-*/^%√ e1²½π.&\u200b")
    def test_no_repetition_takes_long_or_overflows(self, piece):
        for text in (piece * 200, "1" + piece * 199, (piece + "1") * 100, ("1 " + piece) * 60):
            for count in (1, 2):
                read(text, count)


KEYS = {
    "number": Number(0.25, ask="p =", hints=("one", "two"), wrong=((0.75, "the other case"),)),
    "sixth": Number(1 / 6),
    "zero": Number(0.0, atol=1e-6),
    "exact": Number(585, rtol=1e-6),
    "array": Array((1.0, -2.0)),
    "choice": Choice(("ridge", "lasso"), "lasso", wrong=(("ridge", "it only shrinks"),)),
    "fault": Fault(("line 1", "line 2"), "line 2", wrong=(("line 1", "it only imports"),)),
    "infinite": Number(np.inf),
    "proof": Proof(("Write it.", "Expand it.", "Add it up.")),
}


def doubles(f):
    assert f(3) == 6, "f(3) should be 6"


KEYS["function"] = Function(doubles, hints=("Add it to itself.",))


class TestCheck:
    @pytest.fixture(autouse=True)
    def keys(self, monkeypatch):
        monkeypatch.setattr(verdict, "lookup", KEYS.__getitem__)
        monkeypatch.setattr(verdict, "_tries", {})

    @pytest.mark.parametrize(("exercise", "attempt"), [
        ("number", 0.25), ("number", 0.2501), ("number", np.array([0.25])), ("number", "1/4"),
        ("number", "0,25"), ("number", Fraction(1, 4)), ("number", Decimal("0.25")),
        ("number", np.float32(0.25)), ("sixth", "0.167"), ("sixth", 0.1667), ("sixth", "16.7 %"),
        ("zero", 0), ("zero", "0"), ("exact", 585), ("array", [1, -2]), ("array", "1; −2"),
        ("array", ["1", "-2"]), ("array", np.array([1.0, -2.0])), ("array", (1, -2)),
        ("array", np.roots([1, 1, -2])[::-1] + 0j), ("array", np.array([1 + 1e-17j, -2])),
        ("choice", "lasso"), ("choice", 1), ("choice", "1"), ("fault", "line 2"),
        ("fault", 2), ("fault", "2"),
        ("function", lambda x: 2 * x), ("infinite", np.inf), ("infinite", "∞")])
    def test_right(self, exercise, attempt):
        found = check(exercise, attempt)
        assert found.passed is True
        assert repr(found) == f"✓ {exercise}: right."

    @pytest.mark.parametrize(("exercise", "attempt", "says"), [
        ("number", 0.26, "not this value"), ("number", "0,3", "not this value (read as 0.3)"),
        ("number", np.inf, "the answer is finite"), ("array", [1, 2], "not these values"),
        ("array", "1, 2", "not these values (read as 1, 2)"), ("exact", 584, "not this value"),
        ("choice", "ridge", "another option"), ("choice", 0, "it only shrinks"),
        ("fault", 1, "it only imports"), ("function", lambda x: x, "f(3) should be 6"),
        ("function", lambda: 1, "could not be used (TypeError"), ("zero", 1e-5, "not this value"),
        ("function", lambda x: sys.exit("done"), "could not be used (SystemExit: done)"),
        ("infinite", 3.0, "not this")])
    def test_wrong(self, exercise, attempt, says):
        found = check(exercise, attempt)
        assert found.passed is False
        assert says in repr(found)

    @pytest.mark.parametrize(("exercise", "attempt", "says"), [
        ("number", "abc", "“abc” is not a number"),
        ("number", [1, 2], "one number is asked for, not 2"),
        ("number", "1, 2", "1 number is asked for, 2 were read"), ("number", np.nan, "nan"),
        ("array", [1.0, np.nan], "nan is not a number"),
        ("number", {}, "dict is no number"), ("number", 1j, "no number"),
        ("number", 0.25 + 1e-9j, "complex is no number"), ("number", np.array([5j]), "no number"),
        ("array", [1, -2 + 1e-9j], "no number"), ("number", True, "bool is no number"),
        ("number", [], "not 0"),
        ("number", len, "no number"), ("array", 1.0, "2 numbers are asked for, not 1"),
        ("array", "0,1,0,2", "semicolons"), ("array", ["1", "b"], "“b” is not a number"),
        ("choice", 3, "choose one of 0: ridge; 1: lasso"),
        ("fault", 0, "choose one of 1: line 1; 2: line 2"), ("choice", "Lasso", "choose one of"),
        ("choice", True, "choose one of"), ("choice", [1], "choose one of"),
        ("function", 6, "without calling it"), ("proof", [4], "from 1 to 3"),
        ("proof", "all", "from 1 to 3"), ("number", repeat(1), "no number")])
    def test_what_cannot_be_read_is_no_attempt_and_no_traceback(self, exercise, attempt, says):
        found = check(exercise, attempt)
        assert found.passed is None
        assert repr(found).startswith(f"○ {exercise}: ")
        assert says in repr(found)
        assert "Hint" not in repr(found)

    def test_a_decimal_comma_in_python_is_explained(self):
        found = check("number", 0, 25)
        assert found.passed is None
        assert "2 values were passed; write 0.25 with a point, not 0,25" in repr(found)
        assert check("number", 0.25).passed

    def test_what_was_typed_is_told_as_it_was_read(self):
        assert repr(check("number", 0.3)).startswith("✗ number: not this value.")
        assert repr(check("number", "3/10")).startswith("✗ number: not this value (read as 0.3).")

    def test_one_hint_a_try(self):
        said = [repr(check("number", x)) for x in (1, "x", 0.75, 2, 3)]
        assert [text.partition("Hint: ")[2] for text in said] == [
            "one", "", "the other case", "two", "two"]

    def test_no_hint_is_passed_over(self, monkeypatch):
        monkeypatch.setitem(KEYS, "three", Number(1, hints=("one", "two", "three")))
        said = [repr(check("three", x)).partition("Hint: ")[2] for x in (2, 3, 4, 5)]
        assert said == ["one", "two", "three", "three"]

    def test_close_gives_no_hint(self):
        said = repr(check("number", 0.252))
        assert said.startswith("≈ number: close: within 1 %")
        assert "3 digits" in said
        assert "Hint" not in said
        assert check("number", 0.252).passed is False
        assert "close" not in repr(check("number", 0.253))

    def test_a_wrong_attempt_that_is_close_meets_its_hint(self, monkeypatch):
        monkeypatch.setitem(KEYS, "near", Number(100, wrong=((99, "one too few"),)))
        assert repr(check("near", 99)).endswith("Hint: one too few")

    def test_a_proof_counts_its_steps(self):
        assert "  2. Expand it." in repr(check("proof"))
        assert "Expand it." not in repr(check("proof", ...))
        assert repr(check("proof", [1, 2, 3])) == "✓ proof: 3 of 3 steps, as you say."
        said = repr(check("proof", [1, 3]))
        assert said.startswith("✓ proof: 2 of 3 steps")
        assert "2. Expand it." in said
        assert check("proof", 2).passed
        assert check("proof", []).passed is False

    @pytest.mark.parametrize("nothing", [None, ...])
    @pytest.mark.parametrize("exercise", sorted(KEYS))
    def test_not_attempted(self, exercise, nothing):
        assert check(exercise, nothing).passed is None
        assert repr(check(exercise, nothing)).startswith(f"○ {exercise}: not attempted yet.")

    def test_static_forms(self, monkeypatch):
        monkeypatch.setenv("MATHML_OUTPUT", "static")
        form = check("number", ...)._repr_mimebundle_()["text/html"]
        key = json.loads(html.unescape(re.search(r'data-key="(.*?)"', form).group(1)))
        ((value, within),) = key["right"]
        assert value == "0.25"
        assert float(within) == pytest.approx(5e-4)
        (((value, within),), hint), = key["wrong"]
        assert (value, hint) == ("0.75", "the other case")
        assert float(within) == pytest.approx(5e-4)
        ((value, within),) = key["near"]
        assert (value, float(within)) == ("0.25", pytest.approx(2.5e-3))  # a hundredth
        assert key["hints"] == ["one", "two"]
        assert "a number, 3 digits" in form
        assert 'such as 1.5, −2"' not in form
        assert "such as 1.5, −2" in check("array")._repr_mimebundle_()["text/html"]
        choice = check("choice")._repr_mimebundle_()["text/html"]
        assert '<option value="1">lasso</option>' in choice
        assert "lasso" not in html.unescape(re.search(r'data-key="(.*?)"', choice).group(1))
        assert check("function")._repr_mimebundle_()["text/html"].count("checkbox") == 1
        assert check("proof")._repr_mimebundle_()["text/html"].count('type="checkbox"') == 3
        assert '"Infinity"' in html.unescape(check("infinite")._repr_mimebundle_()["text/html"])

    @pytest.mark.parametrize("key", [
        Number(1, ask="<i> & x", hints=("<b>",)), Choice(("<i> & x", "b"), "b", ask="<i>"),
        Proof(("<i> & x",), ask="<i>"), Function(doubles, ask="<i> & x")])
    def test_a_form_shows_its_words_as_they_are(self, key):
        form = form_html("norms-1", key)
        assert "&lt;i&gt; &amp; x" in form
        assert "<i>" not in form
        assert "<b>" not in form

    def test_a_form_waits_for_its_script(self):
        assert '<button type="submit" disabled>' in form_html("norms-1", Number(1))
        box = ('<input type="checkbox" id="check-norms-1-{0}" value="{0}" autocomplete="off" '
               "disabled/>")
        assert box.format(1) in form_html("norms-1", Function(doubles))
        steps = form_html("norms-1", Proof(("Write it.", "Add it up.")))
        assert [steps.count(box.format(k)) for k in range(4)] == [0, 1, 1, 0]
        assert '"steps": 2' in html.unescape(steps)
        assert "Show the 2 steps" in steps

    @pytest.mark.parametrize("attempt", [0.25, 0.3, "abc"])
    def test_an_attempt_shows_its_verdict_and_no_form(self, monkeypatch, attempt):
        monkeypatch.setenv("MATHML_OUTPUT", "static")
        found = check("number", attempt)
        assert found._repr_mimebundle_() == {"text/plain": found.message}


class TestKeys:
    @pytest.mark.parametrize(("value", "digits", "right", "wrong"), [
        (1.3261955, 3, ["1.33", "1.326"], ["1.32", "1.34", "1.3"]),
        (0.09003057, 3, ["0.090", "0.0900"], ["0.09009"]),
        (1 / 3, 3, ["0.333", "1/3"], ["0.33", "0.334"]), (7.576e-4, 3, ["0.000758"], ["0.00075"]),
        (-0.9163, 3, ["-0.916", "−0.9163"], ["0.916", "-0.92"]), (0.99951, 3, ["1.00"], ["0.998"]),
        (1522.0, 4, ["1522"], ["1521"]), (1522.0, 3, ["1520"], ["1510"]),
        (9.995, 3, ["10.0", "9.99"], [])])
    def test_what_a_page_prints_rounded_is_right(self, value, digits, right, wrong):
        key = Number(value, digits=digits)
        assert [key.judge(text).state for text in right] == ["right"] * len(right)
        assert all(key.judge(text).state != "right" for text in wrong)

    def test_tolerances_of_keys_that_stand(self):
        assert Number(2.0, rtol=0.1).judge(2.19).state == "right"
        assert Number(2.0, rtol=0.1).judge(2.21).state == "wrong"
        assert Array((1, -2), rtol=1e-3).judge((1.0009, -2.0019)).state == "right"
        assert Array((1, -2), rtol=1e-3).judge((1, -2.0021)).state == "wrong"
        assert Number(2.0, rtol=1e-9, atol=0.5).judge(2.4).state == "right"
        assert Number(2.0, rtol=1e-9, atol=0).judge(2.4).state == "wrong"
        assert Number(2.0, rtol=1e-3).wants() == "a number, 4 digits"
        assert Number(0.0).judge(9e-10).state == "right"
        assert Number(0.0).judge(1.1e-9).state == "wrong"

    @pytest.mark.parametrize(("key", "attempt", "state"), [
        (Number(0.25), 0.252, "close"), (Number(0.25), 0.253, "wrong"),
        (Number(1522.0, digits=5), 1523, "wrong"), (Array((1, -200), digits=4), (1, -201), "wrong"),
        (Array((0.25, 2)), (0.252, 2), "close"), (Array((0.25, 2)), (0.253, 2), "wrong")])
    def test_one_per_cent_is_close_unless_all_numbers_are_whole(self, key, attempt, state):
        assert key.judge(attempt).state == state

    def test_the_form_says_what_it_wants(self):
        assert Number(1, digits=2).wants() == "a number, 2 digits"
        assert Array((1, 2)).wants() == "two numbers, 3 digits, such as 1.5, −2"
        counts = [Array(range(n)).wants().partition(" numbers")[0] for n in range(2, 7)]
        assert counts == ["two", "three", "four", "five", "6"]
        assert read_numbers(Array(range(7)).wants().partition("such as ")[2], 7)

    def test_an_option_that_is_a_digit_is_chosen_by_its_text(self):
        key = Choice(("2", "1", "10"), "1")
        states = [key.judge(attempt).state for attempt in ("1", "2", "10", 1, 0, "0")]
        assert states == ["right", "wrong", "wrong", "right", "wrong", "wrong"]

    def test_an_option_must_be_there(self):
        with pytest.raises(ValueError, match="copy the option's text"):
            Choice(("a", "b"), "c")
        with pytest.raises(ValueError, match="got 'c'"):
            Choice(("a", "b"), "a", wrong=(("c", "no"),))

    def test_what_a_key_does_not_say(self):
        kinds = (Number(1), Array((1, 2)), Choice(("a", "b"), "a"), Function(doubles),
                 Proof(("Write it.",)))
        assert not any(key.transfer or key.hints for key in kinds)

    def test_options_are_distinct(self):
        for options in (("a", "a"), ("a",)):
            with pytest.raises(ValueError, match="options must be two or more distinct texts"):
                Choice(options, "a")

    @pytest.mark.parametrize(("value", "wrong"), [(np.nan, 1), (1, np.nan), (1, (1, 2)),
                                                  ((1, 2), 1), ((1, np.nan), (1, 2))])
    def test_a_key_and_what_it_refuses_are_as_many_numbers(self, value, wrong):
        with pytest.raises(ValueError, match="value and each of wrong must be as many numbers"):
            Array(value, wrong=((wrong, "no"),))

    def test_a_fault_says_of_each_option_why_it_is_not_there(self):
        with pytest.raises(ValueError, match="wrong must say why the fault is not at 'line 3'"):
            Fault(("line 1", "line 2", "line 3"), "line 2", wrong=(("line 1", "no"),))
        with pytest.raises(ValueError, match="got 'line 3'; copy the option's text"):
            Fault(("line 1", "line 2"), "line 3", wrong=(("line 1", "no"), ("line 2", "no")))


def test_an_exercise_without_a_key_is_the_chapters_mistake():
    with pytest.raises(ValueError, match="exercise must have an answer key, got 'no-such-topic-1'"):
        lookup("no-such-topic-1")
    for name in (3, None, ["norms-1"]):
        with pytest.raises(TypeError, match="exercise must say something, got "):
            check(name)
    with pytest.raises(ValueError, match="exercise must say something, got ''"):
        check("")


class TestKeysOfAnotherBook:
    @pytest.fixture
    def keys(self, tmp_path, monkeypatch):
        """A folder of keys beside the notebook that runs; afterwards nothing knows it."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(answers, "__path__", list(answers.__path__))
        before = set(sys.modules)
        (tmp_path / "keys").mkdir()
        yield tmp_path / "keys"
        for name in set(sys.modules) - before:
            if name.startswith(answers.__name__):
                del sys.modules[name]
                delattr(answers, name.rpartition(".")[2])

    WAVES = ("from mathml.interactive.answer_key import Number\n"
             "ANSWERS = {'other-waves-1': Number(0.25, hints=('Count them.',))}\n")

    def test_are_found_where_the_notebook_says(self, keys):
        (keys / "other_waves.py").write_text(self.WAVES)
        use_answers("keys")
        use_answers(keys)
        assert answers.__path__.count(str(keys)) == 1
        assert check("other-waves-1", 1 / 4).passed
        assert repr(check("other-waves-1", 4)).endswith("Hint: Count them.")
        assert check("gradient-descent-2", 1 / 3).passed

    def test_a_missing_folder_is_named(self, keys):
        with pytest.raises(ValueError, match=rf"got 'kees', which is not in {keys.parent}"):
            use_answers("kees")

    def test_a_missing_key_says_how_to_name_the_folder(self, keys):
        (keys / "other_waves.py").write_text(self.WAVES)
        use_answers("keys")
        for name in ("other-waves-2", "other-lakes-1"):
            with pytest.raises(ValueError, match=rf"got '{name}'; .*use_answers"):
                check(name)

    def test_a_key_that_lacks_a_package_says_which(self, keys):
        (keys / "other_lakes.py").write_text("import no_such_package\n")
        use_answers("keys")
        with pytest.raises(ModuleNotFoundError, match="no_such_package"):
            check("other-lakes-1")

    def test_nor_is_another_fault_of_a_key_taken_for_its_absence(self, keys):
        (keys / "other_lakes.py").write_text("ANSWERS = {}['depth']\n")
        use_answers("keys")
        with pytest.raises(KeyError, match="depth"):
            check("other-lakes-1")
