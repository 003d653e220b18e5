"""The story of one night: asked in, signed up, reminded, told of a change, out, home, summed up."""

import re
from datetime import datetime, timedelta

import pytest

from tests.journeys.night import LIMA, Night

pytestmark = pytest.mark.journey


def test_from_an_invitation_to_the_weeks_summary(house, browse):
    night = Night(house, browse)
    night.sign_in(night.desk, "coordinacion1")
    night.join(night.invite("Juana Prueba"), "739154")
    assert "Juana" not in night.phone.content()  # even to herself she is an alias on a patrol's pages

    night.approve("Juana Prueba")  # her own way to it is told elsewhere

    now = datetime.now(LIMA).replace(second=0, microsecond=0)
    far = now.replace(hour=21, minute=0) + timedelta(days=9)
    shift = night.plan(far)

    night.sign_up(shift)
    night.phone.goto(f"{night.here}mine/")
    assert "Puerta del parque" not in night.phone.content()  # the place is told two hours before

    night.at(far - timedelta(hours=23))
    assert "Se acerca tu ronda" in night.inbox(night.phone)
    night.phone.goto(f"{night.here}mine/")
    night.tap(night.phone, f"{shift}/attend/")
    assert "Confirmaste que vas" in night.phone.locator("main").inner_text()

    tonight = now + timedelta(minutes=20)
    night.desk.goto(f"{night.here}shifts/{shift}/change/")
    night.write_times(tonight)
    night.desk.click("main button.button-primary")
    night.desk.wait_for_url(re.compile(rf"/shifts/{shift}/$"))
    for _ in range(45):  # beat and worker bring it by themselves: two ticks, and patience
        if "Tu ronda cambió" in night.inbox(night.phone):
            break
        night.phone.wait_for_timeout(2000)
    else:
        pytest.fail("nobody was told that the patrol changed")

    night.phone.goto(f"{night.here}mine/")
    assert "Puerta del parque" in night.phone.content()
    patrol = night.go_out(shift)
    assert "Ronda activa" in night.phone.locator("h1").inner_text()

    night.phone.fill("[name=text]", "Poste apagado frente a la losa.")
    night.tap(night.phone, "/note/")
    night.tap(night.phone, "/pause/")
    night.tap(night.phone, "/resume/")
    night.tap(night.phone, "/finish/", hold=1500)
    night.phone.fill("[name=summary]", "Ronda tranquila.")
    night.tap(night.phone, "/debrief/")

    night.desk.goto(patrol.replace("/mine/", "/"))
    assert "Poste apagado" in night.desk.locator("main").inner_text()
    night.tap(night.desk, "/review/")
    assert "Revisada" in night.desk.locator("main").inner_text()

    served = tonight - timedelta(hours=6)  # before six in the morning it is still last night
    monday = served + timedelta(days=7 - served.weekday())
    night.at(monday.replace(hour=8, minute=5))
    assert "Saliste 1 vez" in night.inbox(night.phone)
    assert "La semana de tu junta" in night.inbox(night.desk)
