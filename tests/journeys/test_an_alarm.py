"""Somebody on the street holds SOS; the desk hears it, answers, and the crew reads who does."""

import re
from datetime import datetime, timedelta

import pytest

from tests.journeys.night import LIMA, Night

pytestmark = pytest.mark.journey
PIN = "739154"
# What a loudspeaker would give out, noted instead of heard.
LISTEN = """
window.tones = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const wave = make.call(this);
  const start = wave.start.bind(wave);
  wave.start = (at) => { window.tones.push(wave.frequency.value); start(at); };
  return wave;
};
"""
TWO_LOOKS = 40_000  # the desk's page asks every 15 seconds


@pytest.fixture
def out(house, browse):
    """A crew of two on the street: the volunteer's phone, on the page of the patrol."""
    night = Night(house, browse)
    night.sign_in(night.desk, "coordinacion2")  # at this hour the other one goes out in another journey
    night.join(night.invite("Nora Prueba"), PIN)
    night.approve("Nora Prueba")  # her own way to it is told elsewhere
    shift = night.plan(datetime.now(LIMA).replace(second=0, microsecond=0) + timedelta(minutes=20))
    night.sign_up(shift)
    night.patrol = night.go_out(shift)
    return night


@pytest.fixture
def watching(out, house, browse):
    """The municipality's desk with its sound switched on, never loaded again from here on."""
    other = Night(house, browse)
    other.sign_in(other.desk, "municipalidad")
    page = other.desk
    page.add_init_script(LISTEN)
    page.goto(f"{other.here}alarms/")
    page.locator("[data-sound]").click()
    page.locator("[data-sound] [data-on]").wait_for()
    page.evaluate("window.isUntouched = true")
    return page


def hold_sos(page):
    page.locator("[data-sos] [data-hold]").hover()
    page.mouse.down()
    page.wait_for_timeout(2300)
    page.mouse.up()
    page.locator(".notice[data-sos-sent]").wait_for()


def crew_reads(night):
    night.phone.goto(night.patrol)
    return night.phone.locator(".notice[data-sos-sent]").inner_text()


def say_false_alarm(page, pin):
    page.locator("summary", has_text="alsa alarma").click()
    form = page.locator('form[action$="/false-alarm/"]')
    form.locator("[name=pin]").fill(pin)
    form.locator("button").click()
    page.wait_for_load_state()


def test_an_sos_is_heard_at_the_desk_answered_and_taken_back_with_the_pin(out, watching):
    assert watching.evaluate("window.tones") == [330]  # one low tone when the sound was switched on
    hold_sos(out.phone)
    assert "Nadie lo vio todavía" in crew_reads(out)

    alarm = watching.locator("article.alarm-sos[data-unseen]")
    alarm.wait_for(timeout=TWO_LOOKS)
    assert watching.evaluate("window.tones").count(880) >= 3  # two high tones, three times
    assert watching.evaluate("window.isUntouched")

    watching.wait_for_timeout(400)  # nobody aims as fast as a browser that is told to
    with watching.expect_response(lambda answer: answer.url.endswith("/seen/")):
        alarm.locator("[data-seen] button").click()
    watching.wait_for_load_state()
    mine = watching.locator("article.alarm-sos:not([data-unseen])")
    mine.wait_for()
    who = re.search(r"(\w+ \d+) lo vio a las", crew_reads(out))[1]
    assert who in mine.inner_text()

    watching.evaluate("window.isUntouched = true")
    say_false_alarm(out.phone, PIN)
    assert "dijiste que fue falsa alarma" in crew_reads(out)
    mine.locator(".notice", has_text="falsa alarma").wait_for(timeout=TWO_LOOKS)
    assert watching.evaluate("window.isUntouched")
