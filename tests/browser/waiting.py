"""What the tests wait for in a page, and never for ever."""

# Two frames later, and whether they came. Playwright waits for a promise of the page for ever, and
# a starved browser may draw no frame: after two seconds, go on without.
FRAMES = """
const frames = (patience = 2000) => Promise.race([
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
  new Promise((done) => setTimeout(() => done(false), patience))]);
"""
# Whether the browser draws this page at all. A starved one sometimes opens a page that it never
# draws: nothing that waits for a frame ever happens there, and no fault of the page's is seen.
DRAWN = f"() => {{ {FRAMES} return frames(20_000); }}"
FONTS = """Promise.race([document.fonts.ready.then(() => "ready"),
  new Promise((done) => setTimeout(() => done("late"), 60_000))])"""
# What is far from the screen is not laid out; as it comes near, what is above it may take its true
# height. So scroll until the part stays where it is.
COME = f"""
async (part) => {{ {FRAMES}""" + """
  for (let before = null, turn = 0; turn < 20; turn++) {
    part.scrollIntoView({block: "center", behavior: "instant"});
    await frames();
    const top = part.getBoundingClientRect().top;
    if (top === before) return;
    before = top;
  }
}
"""


READY = "[...document.querySelectorAll('figure.explorable')].every((f) => 'ready' in f.dataset)"
