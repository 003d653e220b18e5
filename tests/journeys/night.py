"""A coordinator at a desk, a volunteer on a phone, and the patrol they go out on together."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.journeys.conftest import DESK, PHONE

LIMA = ZoneInfo("America/Lima")
PASSWORD = "ronda-de-demo"  # the demo prints it
# The engine's own verbs at another hour: clocks are arguments.
AT_ANOTHER_HOUR = """
from datetime import datetime
from config.kinds import DIRECTORY, KINDS
from notifications import actions
now = datetime.fromisoformat("{at}")
actions.plan(kinds=KINDS, now=now)
while actions.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: now):
    pass
"""

# The way to the first patrol takes five people and a police station.
APPROVED = """
from django.utils import timezone
from accounts.models import Membership
from config.demo.joining import take_over
take_over(Membership.objects.get(user__full_name="{name}"), timezone.now())
"""


class Night:
    """A coordinator at a desk, a volunteer on a phone, and the shift between them."""

    def __init__(self, house, browse):
        self.house, self.desk, self.phone = house, browse(DESK, "light"), browse(PHONE, "dark")
        self.here = ""  # where the organization lives: /o/<code>/

    def sign_in(self, page, user_name):
        page.goto("/sign-in/")
        page.fill("[name=login]", user_name)
        page.fill("[name=password]", PASSWORD)
        page.click("main button.button-primary")
        page.wait_for_url("**/o/**")
        self.here = re.search(r"/o/\w{8}/", page.url)[0]

    def invite(self, full_name):
        """Ask somebody in; answers the code of eight characters the page shows once."""
        self.desk.goto(f"{self.here}people/invite/")
        self.desk.fill("[name=full_name]", full_name)
        self.desk.click("main button.button-primary")
        self.desk.wait_for_load_state()
        assert self.desk.locator("main svg").first.is_visible()  # the QR
        shown = self.desk.locator("main").inner_text()
        return re.search(r"\b[2-9BCDFGHJKMNPQRSTVWXYZ]{4}[ -]?[2-9BCDFGHJKMNPQRSTVWXYZ]{4}\b", shown)[0]

    def join(self, code, pin):
        self.phone.goto("/join/")
        self.phone.fill("[name=code]", code)
        self.phone.click("main button.button-primary")
        self.phone.fill("[name=pin]", pin)
        self.phone.fill("[name=pin_again]", pin)
        self.phone.click("main button.button-primary")
        self.phone.wait_for_url("**/mine/")

    def approve(self, full_name):
        done = self.house.manage("shell", "-v0", "-c", APPROVED.format(name=full_name))
        assert done.returncode == 0, done.stderr

    def plan(self, starts_at):
        """Fill in the planner's form and publish; answers the shift's key."""
        self.desk.goto(f"{self.here}shifts/new/")
        self.write_times(starts_at)
        self.desk.select_option("[name=sector]", label="Zárate")
        self.desk.fill("[name=meeting_point]", "Puerta del parque")
        self.desk.fill("[name=minimum_crew]", "2")
        self.desk.fill("[name=capacity]", "4")
        self.desk.click("main button.button-primary")
        self.desk.wait_for_url(re.compile(r"/shifts/\d{4}-W\d+/"))
        night = self.desk.get_by_role(
            "link", name=f"{starts_at:%H:%M}–{starts_at + timedelta(hours=2):%H:%M}"
        )
        return re.search(r"[0-9a-f-]{36}", night.last.get_attribute("href"))[0]

    def write_times(self, starts_at):
        self.desk.fill("[name=starts_on]", f"{starts_at:%Y-%m-%d}")
        self.desk.fill("[name=starts_time]", f"{starts_at:%H:%M}")
        self.desk.fill("[name=ends_time]", f"{starts_at + timedelta(hours=2):%H:%M}")

    def tap(self, page, ending, hold=0):
        """Press the one button whose form ends like this (and hold it for so many milliseconds), and
        wait for what comes of it."""
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            page.locator(f'form[action$="{ending}"] button').first.click(delay=hold)
        assert answer.value.status < 400, answer.value.text()
        page.wait_for_load_state()

    def sign_up(self, shift):
        """Volunteer and coordinator both take a place."""
        for page in (self.phone, self.desk):
            page.goto(f"{self.here}mine/?all")  # further off than the next few nights
            self.tap(page, f"{shift}/sign-up/")

    def go_out(self, shift):
        """Both meet, promise and start; answers the address of their patrol."""
        self.phone.goto(f"{self.here}mine/")
        self.tap(self.phone, f"{shift}/meet/")
        patrol = self.phone.url  # whoever opens the meeting is there
        assert not self.phone.locator('form[action$="/start/"]').count()  # nobody goes alone
        self.desk.goto(patrol)
        self.tap(self.desk, "/check-in/")
        self.tap(self.desk, "/pledge/")
        self.phone.goto(patrol)
        self.tap(self.phone, "/pledge/")
        if self.phone.locator('form[action$="/handover-read/"]').count():  # an earlier crew left a note
            self.tap(self.phone, "/handover-read/")
        self.tap(self.phone, "/start/")
        return patrol

    def at(self, moment):
        """Let the engine run as if it were that moment."""
        done = self.house.manage("shell", "-v0", "-c", AT_ANOTHER_HOUR.format(at=moment.isoformat()))
        assert done.returncode == 0, done.stderr

    def inbox(self, page):
        page.goto(f"{self.here}inbox/")
        return page.locator("main").inner_text()
