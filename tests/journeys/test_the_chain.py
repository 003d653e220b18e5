"""The story of the whole chain: a neighbor reports, the desk answers and never learns who it was, the
chief reads the week; a young person gets a seat with a guardian's consent and is marked at a session."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey

LIMA = ZoneInfo("America/Lima")
SAID = "Tres postes sin luz y gente que ya no pasa de noche"
ANSWERED = "Mañana va la cuadrilla de alumbrado. Gracias por avisar."


def go_in(page, part):
    """Step into a role of the demo; answers where its organization lives."""
    page.goto("/demo")
    page.click(f"button[name=part][value={part}]")
    page.wait_for_url("**/o/**")
    return re.search(r"/o/\w{8}/", page.url)[0]


def press(page, act, button="button"):
    """Press the button that goes there, by itself or by its form, unfolding it where it is folded."""
    wanted = page.locator(f"form[action$='{act}'] {button}, {button}[formaction$='{act}']").first
    if not wanted.is_visible():
        wanted.locator("xpath=ancestor::details[1]/summary").click()
    wanted.click()
    page.wait_for_load_state()


def until(page, address, words):
    """Look again until the beat has rung and the worker has told."""
    for _ in range(60):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"{words!r} never came")


def test_a_report_reaches_the_desk_and_its_answer_the_neighbor(house, browse):
    phone, desk, chief = browse(PHONE, "dark"), browse(DESK, "light"), browse(DESK, "dark")
    here = go_in(phone, "volunteer")
    own = file_a_report(phone, here)

    there = go_in(desk, "reviewer")
    desk.goto(f"{there}reports/")
    assert desk.locator("main").inner_text()
    desk.goto(f"{there}reports/{own}/")
    shown = desk.locator("main").inner_text()
    assert SAID in shown
    assert "Mamani" not in desk.content()  # the demo's volunteer
    press(desk, "/triage/", "button.button-primary, button")
    press(desk, "/verify/")
    answer(desk)

    until(phone, f"{here}inbox/", "Hay algo nuevo para ti")
    phone.goto(f"{here}mine/reports/{own}/")
    assert ANSWERED in phone.locator("main").inner_text()

    at_the_top = go_in(chief, "chief")
    chief.goto(f"{at_the_top}summary/")
    assert chief.locator("main svg").count() > 0
    assert "Mamani" not in chief.content()


def file_a_report(phone, here):
    """Twelve drawings, a type, four questions, a few words. Answers the report's key."""
    phone.goto(f"{here}mine/reports/new/")
    phone.click("a.group[href='?group=ENT']")
    phone.click("a.list-link[href='?type=ENT-01']")
    phone.click("main form button.button-primary")
    phone.fill("[name=text]", SAID)
    phone.fill("[name=reference]", "Al costado del mercado")
    phone.click("button.button-primary[value=tell]")
    phone.wait_for_url(re.compile(r"/mine/reports/[0-9a-f-]{36}/"))
    assert phone.locator("form[action$='/undo/']").count() == 1
    return re.search(r"[0-9a-f-]{36}", phone.url)[0]


def answer(desk):
    form = desk.locator("form[action$='/answer/']").first
    if not form.is_visible():
        form.locator("xpath=ancestor::details[1]/summary").click()
    form.locator("[name=text]").fill(ANSWERED)
    form.locator("button").first.click()
    desk.wait_for_load_state()
    assert ANSWERED in desk.locator("main").inner_text()


def test_a_young_person_gets_a_seat_and_is_marked(house, browse):
    office, room = browse(DESK, "light"), browse(PHONE, "light")
    there = go_in(office, "program_coordinator")
    plan_a_cohort(office, there)
    cohort = office.url
    register(office)
    consent(office)
    seat(office, cohort)
    here = go_in(room, "facilitator")
    plan_a_session(office, cohort, who=room.locator(".foot-me").inner_text().strip())

    room.goto(f"{here}programs/")
    room.click("a[href*='/sessions/']:has-text('Aula de la esquina')")
    assert "Huamán" not in room.content()  # first name and initial are enough
    room.locator("label.choice-present").first.click()
    room.click("button[name=submit]")
    room.wait_for_load_state()

    office.goto(room.url)
    press(office, "/accept/")
    assert "Aceptada" in office.locator("main").inner_text()


def plan_a_cohort(page, there):
    today = datetime.now(LIMA).date()
    page.goto(f"{there}programs/new/")
    page.fill("[name=name]", "Taller de serigrafía")
    page.fill("[name=age_from]", "12")
    page.fill("[name=age_to]", "20")
    page.click("main form button.button-primary")
    page.wait_for_url(re.compile(r"/programs/[0-9a-f-]{36}/"))
    page.click("a[href$='/cohorts/new/']")
    page.fill("[name=name]", "Primer grupo")
    write_day(page, "starts_on", today - timedelta(days=1))
    write_day(page, "ends_on", today + timedelta(days=60))
    page.fill("[name=capacity]", "2")
    page.click("main form button.button-primary")
    page.wait_for_url(re.compile(r"/cohorts/[0-9a-f-]{36}/$"))
    press(page, "/open/")


def write_day(page, name, day):
    field = page.locator(f"[name={name}]")
    is_picker = field.get_attribute("type") == "date"
    field.fill(day.isoformat() if is_picker else f"{day:%d/%m/%Y}")


def register(page):
    """Somebody of fourteen, with their mother."""
    page.goto(page.url + "register/")
    birth = datetime.now(LIMA).date().replace(day=1) - timedelta(days=14 * 365)
    page.fill("[name=given_names]", "Luz Marina")
    page.fill("[name=family_names]", "Huamán Ccori")
    write_day(page, "birth_on", birth)
    page.fill("[name=document]", f"7{datetime.now():%H%M%S}0")
    page.fill("[name=guardian_full_name]", "Elena Ccori Soto")
    page.select_option("[name=guardian_relationship]", "mother")
    page.fill("[name=guardian_phone]", "987654321")
    page.click("main form button.button-primary")
    page.wait_for_load_state()
    assert "Huamán" not in page.locator("main").inner_text()


def consent(page):
    page.wait_for_url(re.compile(r"/participants/[0-9a-f-]{36}/"))
    press(page, "/consents/")
    form = page.locator("form[action$='/give/']").first
    form.locator("[name=guardian]").select_option(index=1)
    form.locator("[name=is_assented]").check()
    form.locator("button").first.click()
    page.wait_for_load_state()


def seat(page, cohort):
    page.goto(cohort)
    press(page, "/offer/")
    press(page, "/accept/")
    assert "1" in page.locator("main").inner_text()


def plan_a_session(page, cohort, who):
    now = datetime.now(LIMA)
    page.goto(cohort + "sessions/new/")
    write_day(page, "starts_on", now.date())
    begins = min(now, now.replace(hour=22, minute=30))
    page.fill("[name=starts_time]", f"{begins:%H:%M}")
    page.fill("[name=ends_time]", f"{begins + timedelta(hours=1):%H:%M}")
    page.fill("[name=place]", "Aula de la esquina")
    page.select_option("[name=facilitator]", label=who)
    page.click("main form button.button-primary")
    page.wait_for_load_state()
