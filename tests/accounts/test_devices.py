"""A phone opens with its own PIN, five times wrong and never again, and not at all once lost."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from accounts.actions import devices, invitations, people
from accounts.actions.devices import DeviceRetired, WrongPin
from accounts.models import Device, Session
from accounts.notices import KINDS
from audit.models import Entry
from notifications.models import Notice
from rules.refusals import Invalid, NotAllowed, NotFound, Refusal
from tests.accounts.conftest import PIN
from tests.factories import NOON, MembershipFactory
from tests.races import all_at_once

HOUR = timedelta(hours=1)


def unlock(secret, pin=PIN):
    return devices.unlock(secret=secret, pin=pin, at=NOON)


def test_a_code_enrolls_one_phone(invited, phone):
    device, secret = phone

    assert device.membership == invited[0]
    assert len(secret) >= 43
    with pytest.raises(NotFound):
        invitations.redeem(code=invited[1], pin=PIN, device_label="", at=NOON)
    assert "device.enrolled" in Entry.objects.values_list("action", flat=True)


def told(member):
    """What their inbox says of another phone, if anything."""
    notices = Notice.objects.filter(recipient_id=member.pk, kind="another_phone", channel="inbox")
    (kind,) = [kind for kind in KINDS if kind.code == "another_phone"]
    return [message.title for notice in notices if (message := kind.say(notice, NOON + HOUR))]


def test_a_member_hears_of_another_phone_in_their_name_as_long_as_it_works(phone, coordinator):
    member = phone[0].membership
    assert told(member) == []

    _invitation, code = people.invite_again(by=coordinator, membership=member, at=NOON + HOUR)
    other, _secret = invitations.redeem(code=code, pin=PIN, device_label="", at=NOON + HOUR)
    with override("es"):
        assert told(member) == ["Otro celular entra con tu nombre"]

    devices.retire(by=member, device=other, at=NOON + HOUR)
    assert told(member) == []


def test_a_code_may_be_typed_in_small_letters_with_a_dash(invited):
    code = f"{invited[1][:4]}-{invited[1][4:]} ".lower()

    assert invitations.redeem(code=code, pin=PIN, device_label="", at=NOON)


def test_neither_secret_nor_pin_is_kept(phone):
    row = str(Device.objects.values().get())

    assert phone[1] not in row
    assert PIN not in row
    assert "argon2" in row


@pytest.mark.parametrize(
    "pin",
    [
        "000000",
        "123456",
        "654321",
        "890123",
        "121212",
        "123123",
        "112211",
        "12345",
        "1234567",
        "12345a",
        "",
        "١٢٣٤٥٦",
    ],
)
def test_a_pin_that_a_thief_tries_first_is_refused_and_the_code_stays_good(invited, pin):
    with pytest.raises(Invalid):
        invitations.redeem(code=invited[1], pin=pin, device_label="", at=NOON)
    assert invitations.find(code=invited[1], at=NOON)


def test_the_right_pin_opens_its_own_phone(phone):
    assert unlock(phone[1]) == phone[0]


def test_a_pin_means_nothing_on_another_phone(phone):
    with pytest.raises(DeviceRetired):
        unlock("some-other-secret")


def test_a_right_pin_forgets_earlier_slips(phone):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPin):
                unlock(phone[1], "111111")
        assert unlock(phone[1])


def test_five_wrong_pins_retire_the_phone_and_end_its_sessions(phone):
    device, secret = phone
    Session.objects.create(session_key="a", expire_date=NOON, device_id=device.pk)
    for refusal in [WrongPin] * 4 + [DeviceRetired]:
        with pytest.raises(refusal):
            unlock(secret, "111111")

    with pytest.raises(DeviceRetired):
        unlock(secret)
    assert Session.objects.count() == 0
    entry = Entry.objects.get(action="device.retired")
    assert entry.facts == {"reason": "five_wrong_pins"}


def test_a_phone_whose_fifth_try_was_cut_short_stays_shut(phone):
    Device.objects.update(failed_pins=5)

    with pytest.raises(DeviceRetired):
        unlock(phone[1])


def test_its_owner_reports_a_phone_lost_and_saying_it_twice_is_fine(phone):
    device, secret = phone
    Session.objects.create(session_key="a", expire_date=NOON, device_id=device.pk)
    devices.retire(by=device.membership, device=device, at=NOON)
    devices.retire(by=device.membership, device=device, at=NOON)

    with pytest.raises(DeviceRetired):
        unlock(secret)
    assert Session.objects.count() == 0
    assert Entry.objects.filter(action="device.retired").count() == 1


def test_the_coordinator_may_report_it_a_fellow_volunteer_may_not(phone, coordinator, volunteer, stranger):
    for other, refusal in ((volunteer, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            devices.retire(by=other, device=phone[0], at=NOON)
    devices.retire(by=coordinator, device=phone[0], at=NOON)

    assert Device.objects.working().count() == 0


def _enroll(coordinator):
    from accounts.actions import people

    _, code = people.invite(
        by=coordinator, organization=coordinator.organization, full_name="Rosa", roles={"volunteer"}, at=NOON
    )
    return code


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_try_a_code_together_one_gets_in():
    code = _enroll(MembershipFactory())

    def press(_):
        try:
            invitations.redeem(code=code, pin=PIN, device_label="", at=NOON)
        except Refusal as refusal:
            return refusal.code
        return "in"

    outcomes = all_at_once(20, press)

    assert sorted(outcomes) == ["code_not_valid"] * 19 + ["in"]
    assert Device.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five_at_most(monkeypatch):
    code = _enroll(MembershipFactory())
    device, secret = invitations.redeem(code=code, pin=PIN, device_label="", at=NOON)
    looked = []
    look = devices.pins.is_right

    def counting(pin, device_id, pin_hash):
        if pin_hash is not None:
            looked.append(pin)
        return look(pin, device_id, pin_hash)

    monkeypatch.setattr(devices.pins, "is_right", counting)

    def press(number):
        try:
            devices.unlock(secret=secret, pin=f"1{number:05}", at=NOON)
        except Refusal as refusal:
            return refusal.code
        return "in"

    outcomes = all_at_once(20, press)

    device.refresh_from_db()
    assert len(looked) <= 5
    assert "in" not in outcomes
    assert device.retired_at is not None
