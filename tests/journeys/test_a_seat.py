"""The story of one seat: a program is planned, a girl is registered with her mother, her consent is
written down, she gets a seat, and on the day her facilitator marks her on a phone."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey

LIMA = ZoneInfo("America/Lima")
PASSWORD = "ronda-de-demo"  # the demo prints it
SEALED = ("Huanca", "Arce", "71234999", "999888777")


class Seat:
    """A program coordinator at a desk and a facilitator on a phone."""

    def __init__(self, browse):
        self.desk, self.phone = browse(DESK, "light"), browse(PHONE, "dark")

    def sign_in(self, page, user_name):
        page.goto("/sign-in/")
        page.fill("[name=login]", user_name)
        page.fill("[name=password]", PASSWORD)
        page.click("main button.button-primary")
        page.wait_for_url("**/o/**")
        self.here = re.search(r"/o/\w{8}/", page.url)[0]

    def send(self, page, button="main form button.button-large", **typed):
        """Fill in a form by its fields' names, and send it."""
        for name, value in typed.items():
            field = page.locator(f"main [name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        page.click(button)
        page.wait_for_load_state()

    def plan(self):
        """A program, a cohort with one seat, and a session that begins in a quarter of an hour."""
        now = datetime.now(LIMA)
        starts = now + timedelta(minutes=15)
        self.desk.goto(f"{self.here}programs/new/")
        self.send(self.desk, name="Danza", age_from="8", age_to="17")
        self.desk.goto(f"{self.desk.url}cohorts/new/")
        ends_on = (now + timedelta(days=60)).date().isoformat()
        self.send(self.desk, name="Turno tarde", ends_on=ends_on, capacity="1")
        self.cohort = self.desk.url
        self.desk.goto(f"{self.cohort}sessions/new/")
        leader = self.desk.locator("[name=facilitator] option").filter(has_text=self.facilitator)
        words = {"starts_on": starts.date().isoformat(), "starts_time": f"{starts:%H:%M}", "place": "Aula 2"}
        until = min(starts + timedelta(hours=1), starts.replace(hour=23, minute=59))
        self.send(self.desk, **words, ends_time=f"{until:%H:%M}", facilitator=leader.get_attribute("value"))
        self.desk.click("form[action$='/open/'] button")
        self.desk.wait_for_load_state()

    def register(self):
        self.desk.goto(f"{self.cohort}register/")
        self.send(
            self.desk,
            given_names="Lucía",
            family_names="Huanca Arce",
            birth_on=f"05/03/{datetime.now(LIMA).year - 13}",
            document="71234999",
            guardian_full_name="Marta Arce",
            guardian_relationship="mother",
            guardian_phone="999 888 777",
        )
        self.person = self.desk.url

    def consent(self):
        self.desk.goto(self.person)
        self.desk.locator("form[action$='/consents/'] button").first.click()
        self.desk.wait_for_load_state()
        self.desk.locator("[name=guardian]").select_option(index=1)
        self.desk.check("[name=is_assented]")
        self.desk.click("form[action$='/give/'] button")
        self.desk.wait_for_load_state()

    def step(self):
        """Take the next step beside the only person of the cohort."""
        self.desk.goto(self.cohort)
        self.desk.click(".person .button-soft")
        self.desk.wait_for_load_state()


def test_a_girl_gets_a_seat_and_is_marked(house, browse):
    story = Seat(browse)
    story.sign_in(story.phone, "facilitacion1")
    story.facilitator = story.phone.locator(".foot-me").inner_text().strip()
    story.sign_in(story.desk, "programas")
    story.plan()
    story.register()

    story.step()  # a seat is offered
    story.desk.goto(story.cohort)
    assert story.desk.locator(".person .button-soft").count() == 0  # not without consent
    story.consent()
    story.step()  # she accepts
    assert story.desk.locator(".seat-taken").count() >= 1

    for door in (story.cohort, story.person):
        story.desk.goto(door)
        shown = story.desk.content()
        assert [word for word in SEALED if word in shown] == []
    story.desk.locator("[name=reason_code]").select_option("call_guardian")
    story.desk.click("form[action$='/names/'] button")
    assert story.desk.get_by_text("Marta Arce").is_visible()

    story.phone.goto(f"{story.here}programs/")
    story.phone.locator("a.list-link").filter(has_text="Danza").first.click()
    story.phone.wait_for_selector("form[data-sheet]")
    assert story.phone.locator("legend").inner_text().startswith("Lucía H.")
    assert [word for word in SEALED if word in story.phone.content()] == []
    assert not story.phone.locator(".sheet-submit").is_visible()
    story.phone.locator(".choice-present input").first.check()
    assert story.phone.locator("[data-marked]").inner_text() == "1"
    story.phone.click(".sheet-submit")
    story.phone.wait_for_load_state()
    assert story.phone.locator(".sheet-submit").count() == 0

    story.desk.goto(story.phone.url)
    story.desk.click("form[action$='/accept/'] button")
    story.desk.wait_for_load_state()
    assert story.desk.locator("form[data-sheet]").count() == 0
