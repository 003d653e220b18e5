"""How often a door may be tried, without an address ever being kept."""

import pickle

import pytest
import redis
import time_machine
from django.conf import settings
from django.core.cache import cache, caches
from django.test import override_settings

from accounts import limits
from accounts.cache import ForgetfulCache
from rules.refusals import TooMany
from tests.factories import NOON

ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def _clean():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


def come(rf, address=ADDRESS, **meta):
    return rf.post("/pin/", REMOTE_ADDR=address, **meta)


def kept():
    """All that the server holds, keys and values, as bytes."""
    server = redis.Redis.from_url(settings.LIMITS_URL)
    return [(key, server.get(key)) for key in server.scan_iter()]


def test_a_network_has_its_share_and_is_then_told_when_to_come_back(rf):
    for _ in range(limits.PER_NETWORK["join"]):
        limits.by_network("join", come(rf))

    with pytest.raises(TooMany) as refusal:
        limits.by_network("join", come(rf))
    assert 0 < refusal.value.retry_after <= limits.WINDOW


def test_neighbours_of_the_same_network_share_and_others_do_not(rf):
    assert limits.network_of(come(rf)) == limits.network_of(come(rf, "203.0.113.200"))
    assert limits.network_of(come(rf)) != limits.network_of(come(rf, "203.0.114.77"))
    v6 = [limits.network_of(come(rf, f"2001:db8:1:{n}::1")) for n in (1, 2)]
    assert v6 == ["2001:db8:1::/48"] * 2


def test_the_next_window_starts_afresh(rf):
    for _ in range(limits.PER_NETWORK["join"]):
        limits.by_network("join", come(rf))

    with time_machine.travel(NOON.timestamp() + limits.WINDOW, tick=False):
        limits.by_network("join", come(rf))


def test_a_whole_board_behind_one_carrier_address_gets_in(rf):
    for _ in range(300):
        limits.by_network("pin", come(rf))


def test_one_code_is_tried_ten_times_at_most_wherever_from():
    for _ in range(10):
        limits.by_thing("code", "abc")

    with pytest.raises(TooMany):
        limits.by_thing("code", "abc")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "198.51.100.9", "203.0.113.0/24"),
        (1, "198.51.100.9", "198.51.100.0/24"),
        (1, "10.0.0.1, 198.51.100.9", "198.51.100.0/24"),
        (2, "198.51.100.9, 10.0.0.1", "198.51.100.0/24"),
        (2, "198.51.100.9", "203.0.113.0/24"),
        (1, "not an address", limits.NOWHERE),
    ],
)
def test_only_trusted_proxies_say_where_somebody_comes_from(rf, proxies, forwarded, network):
    with override_settings(TRUSTED_PROXIES=proxies):
        assert limits.network_of(come(rf, HTTP_X_FORWARDED_FOR=forwarded)) == network


def test_no_key_and_no_value_holds_an_address_a_name_or_a_code(rf, client):
    limits.by_network("join", come(rf))
    client.post("/pin/", {"pin": "280419"}, REMOTE_ADDR=ADDRESS)
    client.post("/join/", {"code": "BCDF-GHJK"}, REMOTE_ADDR=ADDRESS)
    client.post("/sign-in/", {"login": "ana.flores", "password": "x"}, REMOTE_ADDR=ADDRESS)

    held = kept()
    assert len(held) >= 4
    words = [b"203.0.113", b"BCDF", b"flores", b"sign-in", b"join", b"limit"]
    for key, value in held:
        stored = value if value.isdigit() else repr(pickle.loads(value)).encode()  # noqa: S301
        assert not any(word in key + b" " + stored for word in words)


def test_tomorrow_the_same_network_has_another_name(rf):
    limits.by_network("join", come(rf))
    today = {key for key, _ in kept()}
    with time_machine.travel(NOON.timestamp() + 86_400, tick=False):
        limits.by_network("join", come(rf))
    assert len({key for key, _ in kept()} - today) == 1


def test_without_its_server_each_process_counts_for_itself(rf, monkeypatch):
    nowhere = ForgetfulCache("unix:///tmp/ronda-nowhere.sock", {"OPTIONS": {"socket_connect_timeout": 1}})
    nowhere.spare.clear()
    monkeypatch.setattr(limits, "cache", nowhere)

    for _ in range(limits.PER_NETWORK["join"]):
        limits.by_network("join", come(rf))
    with pytest.raises(TooMany):
        limits.by_network("join", come(rf))


def test_people_sign_in_while_the_server_of_limits_is_down(client, phone, monkeypatch):
    monkeypatch.setattr(
        caches["default"], "_class", lambda *a, **k: (_ for _ in ()).throw(redis.ConnectionError())
    )
    caches["default"].__dict__.pop("_cache", None)
    client.cookies["ronda_device"] = phone[1]

    response = client.post("/pin/", {"pin": "280419"})

    caches["default"].__dict__.pop("_cache", None)
    assert response.status_code == 302


def test_too_many_says_when_to_come_back_at_both_doors(client, monkeypatch):
    monkeypatch.setitem(limits.PER_NETWORK, "join", 1)
    first, second = (client.post("/join/", {"code": "BCDFGHJK"}) for _ in range(2))
    third = client.post(
        "/api/v1/device-enrollment", {"code": "BCDFGHJK", "pin": "280419"}, "application/json"
    )

    assert (first.status_code, second.status_code, third.status_code) == (400, 429, 429)
    assert int(second["Retry-After"]) > 0
    assert int(third["Retry-After"]) > 0
    assert third.json()["code"] == "too_many"
