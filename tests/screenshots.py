"""`make screenshots`: each role's main pages, on a phone and at a desk, by day and by night.

Starts a demo of its own, walks through it with Chromium, writes `docs/screenshots/` and the picture
of the README. Ends with code 1 if a page is missing or breaks its own rules.
"""

import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.house import House

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
THEMES = ("light", "dark")
MOST_BYTES = 8 * 1024 * 1024  # four pictures of each page, thirty kilobytes each
QUALITY = 78
OUTSIDE = ("SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "TRUSTED_PROXIES", "MAP_TILE_URL", "RONDA_HOME")


class Shot(NamedTuple):
    """One page: the name of its files, whose it is (nobody's: empty), where, and what it shows.

    In `path`, `{here}` is the role's organization and other words are the ids of `manage.py demo --json`.
    """

    name: str
    part: str
    path: str
    shows: str


SHOTS = [
    Shot("landing", "", "/", "The front door"),
    Shot("demo", "", "/demo/", "The demo: every role with one click"),
    Shot("figures", "", "/figures/", "Open figures for everybody"),
    Shot("volunteer-home", "volunteer", "{here}mine/", "A volunteer's nights"),
    Shot("newcomer-home", "newcomer", "{here}mine/", "On the way to a first patrol"),
    Shot("volunteer-patrol", "volunteer", "{here}mine/patrols/{patrol_on_the_street}/", "On patrol"),
    Shot("volunteer-reports", "volunteer", "{here}mine/reports/", "What a volunteer reported"),
    Shot("volunteer-report", "volunteer", "{here}mine/reports/{own_report}/", "A report and its answer"),
    Shot("volunteer-reporting", "volunteer", "{here}mine/reports/new/", "Reporting"),
    Shot("volunteer-arrest", "volunteer", "{here}mine/citizen-arrests/", "Caught in the act: first the call"),
    Shot("volunteer-inbox", "volunteer", "{here}inbox/", "A volunteer's messages"),
    Shot("volunteer-summary", "volunteer", "{here}summary/", "A volunteer's week"),
    Shot("leader-patrol", "leader", "{here}mine/patrols/{patrol_on_the_street}/", "Leading a patrol"),
    Shot("coordinator-week", "coordinator", "{here}shifts/", "The coordinator's week"),
    Shot("coordinator-month", "coordinator", "{here}shifts/month/", "The coordinator's month"),
    Shot("coordinator-fill", "coordinator", "{here}shifts/{shift}/fill/", "Whom to ask for a night"),
    Shot("volunteer-swap", "volunteer", "{here}mine/swaps/{swap}/", "Asked to swap a night"),
    Shot("volunteer-swap-ask", "volunteer", "{here}mine/shifts/{own_night}/swap/", "Asking for a swap"),
    Shot("volunteer-hours", "volunteer", "{here}mine/hours/", "A volunteer's hours, night by night"),
    Shot("coordinator-certificate", "coordinator", "{here}certificates/{certificate}/", "Hours on paper"),
    Shot("hours-check", "", "/hours/", "Checking a certificate of hours"),
    Shot("volunteer-availability", "volunteer", "{here}mine/availability/", "When a volunteer can"),
    Shot("coordinator-rules", "coordinator", "{here}rules/", "The hours a board lives by"),
    Shot("coordinator-roles", "coordinator", "{here}shifts/{shift}/roles/", "What a night's places are for"),
    Shot("chief-suspension", "chief", "{here}suspensions/", "The district's switch to stay at home"),
    Shot("coordinator-shift", "coordinator", "{here}shifts/{shift}/", "A night and who comes"),
    Shot("coordinator-plan", "coordinator", "{here}shifts/new/", "Planning a night"),
    Shot("coordinator-patrol", "coordinator", "{here}patrols/{patrol}/", "A finished patrol, to be read"),
    Shot("coordinator-equipment", "coordinator", "{here}equipment/", "What the board has, and who has it"),
    Shot("coordinator-handovers", "coordinator", "{here}handovers/", "What crews left to the next ones"),
    Shot("coordinator-replay", "coordinator", "{here}patrols/{patrol}/replay/", "A patrol once more"),
    Shot("coordinator-attendance", "coordinator", "{here}crew/{corrected}/", "Attendance that was put right"),
    Shot("coordinator-people", "coordinator", "{here}people/", "The board's people"),
    Shot("coordinator-summary", "coordinator", "{here}summary/", "The board's week"),
    Shot("coordinator-points", "coordinator", "{here}points/", "The points a board wants visited"),
    Shot("coordinator-point", "coordinator", "{here}points/new/", "Marking a point"),
    Shot("reviewer-queue", "reviewer", "{here}reports/", "The municipality's queue"),
    Shot("reviewer-report", "reviewer", "{here}reports/{report_in_progress}/", "A report at the desk"),
    Shot("reviewer-arrest", "reviewer", "{here}citizen-arrests/{arrest}/", "A citizen's arrest, to be read"),
    Shot("reviewer-schedule", "reviewer", "{here}shifts/", "The district's schedule"),
    Shot("reviewer-alarms", "reviewer", "{here}alarms/past/", "Alarms that are over, and how each ended"),
    Shot("reviewer-duty", "reviewer", "{here}duty/", "Who of the desk answers, and when nobody does"),
    Shot("reviewer-map", "reviewer", "{here}territory/", "The district and its sectors"),
    Shot("chief-summary", "chief", "{here}summary/", "The security chief's week, beside the last four"),
    Shot("chief-boards", "chief", "{here}boards/", "Boards and NGOs, and what waits for a second person"),
    Shot("privacy-people", "privacy_officer", "{here}people/", "Who belongs to the desk"),
    Shot("programs-home", "program_coordinator", "{here}programs/", "The programs"),
    Shot("programs-program", "program_coordinator", "{here}programs/{program}/", "A program"),
    Shot("programs-cohort", "program_coordinator", "{here}cohorts/{cohort}/", "A cohort: seats and consents"),
    Shot("programs-participant", "program_coordinator", "{here}participants/{participant}/", "A participant"),
    Shot("programs-summary", "program_coordinator", "{here}summary/", "The program coordinator's week"),
    Shot("facilitator-home", "facilitator", "{here}programs/", "A facilitator's sessions"),
    Shot("facilitator-sheet", "facilitator", "{here}sessions/{session}/", "The list of a session"),
]
# The picture of the README: at a desk, and in front of it on a phone.
README = ("reviewer-queue-desk-light", "volunteer-patrol-phone-dark")


class Walk:
    """A browser in front of one demo, and what it complained about."""

    def __init__(self, house: House, browser) -> None:
        self.house, self.browser = house, browser
        self.handout = json.loads(house.manage("demo", "--json").stdout)
        self.wrong: list[str] = []
        self.pictures: dict[str, bytes] = {}

    def through(self, size: str, theme: str) -> None:
        """Every page in one size and one theme; each role in a window of its own."""
        for part in dict.fromkeys(shot.part for shot in SHOTS):
            window = self._window(size, theme)
            page = self._come_in(window, part)
            for shot in (one for one in SHOTS if one.part == part):
                self._take(page, shot, f"{shot.name}-{size}-{theme}")
            window.close()

    def _window(self, size: str, theme: str):
        width, height = SIZES[size]
        window = self.browser.new_context(
            base_url=self.house.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            locale="es-PE",
            timezone_id="America/Lima",
        )
        # Said aloud: volunteers' pages turn dark by themselves at night.
        window.add_cookies([{"name": "theme", "value": theme, "url": self.house.url}])
        return window

    def _come_in(self, window, part: str):
        page = window.new_page()
        page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if part:
            page.goto("/demo/")
            page.locator(f'button[value="{part}"]').click()
            page.wait_for_url("**/o/**")
        return page

    def _take(self, page, shot: Shot, name: str) -> None:
        held = self.handout["tokens"].get(shot.part, {})
        path = shot.path.format(here=f"/o/{held.get('organization')}/", **self.handout["ids"])
        answer = page.goto(path, wait_until="networkidle")
        if answer.status != 200:
            self.wrong.append(f"{shot.name}: {answer.status} at {shot.path}")
        elif page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{name}: wider than the screen")
        self.pictures[name] = page.screenshot()


def draw() -> Walk:
    """Start a demo with a patrol on the street, and walk through it."""
    for name in OUTSIDE:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="ronda-shots-") as home, sync_playwright() as playwright:
        house = House(Path(home) / "home", RONDA_DEMO="1")
        try:
            house.start("--prepare")
            played = house.manage("simulate_night", "--minutes", "0", "--seed", "7", "--until", "0.45")
            assert played.returncode == 0, played.stderr
            browser = playwright.chromium.launch(executable_path=chromium.FOUND, args=chromium.FLAGS)
            walk = Walk(house, browser)
            for size in SIZES:
                for theme in THEMES:
                    walk.through(size, theme)
            browser.close()
            return walk
        finally:
            house.stop()


def write(pictures: dict[str, bytes]) -> int:
    """Put them in place of the old ones, with the list of them; say how many bytes that is."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, raw in pictures.items():
        Image.open(io.BytesIO(raw)).convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)
    together(*(pictures[name] for name in README)).save(FOLDER / "readme.png", optimize=True)
    (FOLDER / "README.md").write_text("\n".join(listing()) + "\n")
    return sum(file.stat().st_size for file in FOLDER.iterdir())


def together(desk: bytes, phone: bytes) -> Image.Image:
    """A desk, and a phone with round corners in front of its lower right."""
    page, front = (Image.open(io.BytesIO(raw)).convert("RGB") for raw in (desk, phone))
    front = front.resize((front.width * 4 // 5, front.height * 4 // 5), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (page.width + 60, page.height + 40), (226, 232, 230))
    canvas.paste(page, (0, 0))
    corner = Image.new("L", front.size, 0)
    ImageDraw.Draw(corner).rounded_rectangle((0, 0, *front.size), radius=28, fill=255)
    canvas.paste(front, (canvas.width - front.width - 20, canvas.height - front.height - 20), corner)
    return canvas.convert("P", palette=Image.Palette.ADAPTIVE, colors=256)


def listing():
    """`README.md` of the folder: every page in its two sizes, with its dark twin beside it."""
    yield "# What Ronda looks like"
    yield ""
    yield "Drawn by `make screenshots` from a fresh demo; people and places are invented."
    for shot in SHOTS:
        yield f"\n## {shot.shows}\n"
        for size, (width, _height) in SIZES.items():
            shown = width // 2 if size == "desk" else width // 2 + 20
            for theme in THEMES:
                name = f"{shot.name}-{size}-{theme}"
                yield f'<img src="{name}.webp" width="{shown}" alt="{shot.shows} ({size}, {theme})">'


def main() -> int:
    if chromium.FOUND is None:
        print("Chromium was not found. Install it (Debian: apt install chromium).", file=sys.stderr)
        return 1
    walk = draw()
    if walk.wrong:
        print("Nothing was written:", *walk.wrong, sep="\n", file=sys.stderr)
        return 1
    size = write(walk.pictures)
    print(f"{len(walk.pictures)} pictures, {size / 1024**2:.1f} MB, in {FOLDER}.")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
