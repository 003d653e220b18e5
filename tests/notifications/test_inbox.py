"""The two doors to one's own messages, and that nobody else comes in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from notifications import actions, queries
from notifications.models import InboxItem, Preference
from rules.refusals import Conflict, NotFound
from tests.factories import NOON, MembershipFactory, UserFactory


def message(membership, *, minutes=0, title="Tienes una ronda", **fields):
    return InboxItem.objects.create(
        organization_id=membership.organization_id,
        recipient_id=membership.pk,
        occasion=str(uuid4()),
        kind="reminder",
        subject_id=uuid4(),
        title=title,
        body="Hoy a las 21:00",
        created_at=NOON + timedelta(minutes=minutes),
        **fields,
    )


def api(membership, rest=""):
    return f"/api/v1/{membership.organization.code}/inbox/{rest}"


def page(membership, rest=""):
    return f"/o/{membership.organization.code}/inbox/{rest}"


# -- verbs


def test_the_first_reading_counts(volunteer):
    item = message(volunteer)
    actions.read(item=item, by=volunteer, at=NOON)
    actions.read(item=item, by=volunteer, at=NOON + timedelta(hours=1))
    assert item.read_at == NOON


def test_nobody_reads_for_somebody_else(volunteer, coordinator):
    item = message(volunteer)
    with pytest.raises(NotFound):
        actions.read(item=item, by=coordinator, at=NOON)
    assert InboxItem.objects.get().read_at is None


def test_reading_all_reads_only_one_s_own(volunteer, coordinator):
    message(volunteer)
    message(coordinator)
    assert actions.read_all(by=volunteer, at=NOON) == 1
    assert queries.unread_count(volunteer.pk) == 0
    assert queries.unread_count(coordinator.pk) == 1


def test_the_inbox_cannot_be_turned_off(volunteer):
    with pytest.raises(Conflict):
        actions.choose_channel(channel="inbox", is_on=False, by=volunteer)


def test_unread_messages_are_counted_in_one_query(volunteer, django_assert_num_queries):
    message(volunteer)
    message(volunteer, read_at=NOON)
    with django_assert_num_queries(1):
        assert queries.unread_count(volunteer.pk) == 1


# -- JSON


def test_the_list_shows_one_s_own_newest_first(volunteer, as_):
    old, new = message(volunteer, minutes=1), message(volunteer, minutes=2)
    answer = as_(volunteer).get(api(volunteer)).json()
    assert [row["id"] for row in answer["results"]] == [str(new.pk), str(old.pk)]
    assert answer["results"][1] == {
        "id": str(old.pk),
        "kind": "reminder",
        "subject_id": str(old.subject_id),
        "title": "Tienes una ronda",
        "body": "Hoy a las 21:00",
        "path": "",
        "created_at": "2030-01-01T12:01:00-05:00",
        "read_at": None,
    }


@pytest.mark.parametrize(("word", "expected"), [("true", "new"), ("false", "read")])
def test_the_list_can_show_what_was_or_was_not_opened(volunteer, as_, word, expected):
    message(volunteer, title="new")
    message(volunteer, title="read", read_at=NOON)
    answer = as_(volunteer).get(api(volunteer), {"unread": word}).json()
    assert [row["title"] for row in answer["results"]] == [expected]


def test_the_list_comes_in_pages_that_miss_nothing(volunteer, as_):
    rows = {str(message(volunteer, minutes=n // 2).pk) for n in range(7)}
    seen, url = [], f"{api(volunteer)}?page_size=2"
    while url:
        answer = as_(volunteer).get(url).json()
        seen += [row["id"] for row in answer["results"]]
        url = answer["next"]
    assert len(seen) == 7
    assert set(seen) == rows


@pytest.mark.parametrize("query", ["unread=maybe", "color=red", "unread=%00"])
def test_parameters_it_does_not_know_are_refused(volunteer, as_, query):
    assert as_(volunteer).get(f"{api(volunteer)}?{query}").status_code == 400


def test_a_message_is_read_over_json(volunteer, as_):
    item = message(volunteer)
    answer = as_(volunteer).post(api(volunteer, f"{item.pk}/read/"))
    assert answer.status_code == 200
    assert answer.json()["read_at"]
    assert queries.unread_count(volunteer.pk) == 0


def test_all_messages_are_read_over_json(volunteer, as_):
    message(volunteer)
    message(volunteer)
    assert as_(volunteer).post(api(volunteer, "read/")).json() == {"read": 2}


def test_channels_are_chosen_over_json(volunteer, as_):
    assert as_(volunteer).get(api(volunteer, "channels/")).json() == {"email": True}
    assert as_(volunteer).put(api(volunteer, "channels/"), {"email": False}).json() == {"email": False}
    assert not Preference.objects.get(recipient_id=volunteer.pk).is_on
    assert as_(volunteer).put(api(volunteer, "channels/"), {"email": "x"}).status_code == 400
    assert as_(volunteer).put(api(volunteer, "channels/"), {"sms": True}).status_code == 400


@pytest.mark.parametrize("role", list(Role))
def test_nobody_finds_another_s_message_whatever_the_role(volunteer, as_, browsing, role):
    item = message(volunteer)
    other = MembershipFactory(organization=volunteer.organization, roles={role})
    assert as_(other).get(api(other)).json()["results"] == []
    assert as_(other).get(api(other, f"{item.pk}/")).status_code == 404
    assert as_(other).post(api(other, f"{item.pk}/read/")).status_code == 404
    assert browsing(other).post(page(other, f"{item.pk}/open/")).status_code == 404
    assert browsing(other).get(page(other), {"before": item.pk}).status_code == 200
    assert "Tienes una ronda" not in browsing(other).get(page(other)).content.decode()
    item.refresh_from_db()
    assert item.read_at is None


def test_strangers_find_no_inbox_at_all(volunteer, stranger, as_, browsing):
    item = message(volunteer)
    for rest in ("", "channels/", f"{item.pk}/"):
        assert as_(stranger).get(api(volunteer, rest)).status_code == 404
    for rest in ("read/", f"{item.pk}/read/"):
        assert as_(stranger).post(api(volunteer, rest)).status_code == 404
    assert browsing(stranger).get(page(volunteer)).status_code == 404


def test_a_person_in_two_organizations_has_two_inboxes(volunteer, as_):
    message(volunteer)
    elsewhere = MembershipFactory(user=volunteer.user, roles={Role.VOLUNTEER})
    assert as_(volunteer).get(api(elsewhere)).json()["results"] == []


def test_the_signed_out_are_turned_away(volunteer, client):
    assert client.get(api(volunteer)).status_code == 401
    assert client.get(page(volunteer)).status_code == 302


# -- pages


def test_the_page_shows_messages_and_marks_the_unread(volunteer, browsing):
    message(volunteer, title="Nueva", minutes=1)
    message(volunteer, title="Vieja", read_at=NOON)
    html = browsing(volunteer).get(page(volunteer)).content.decode()
    unread, opened = html.split('class="list-item"')
    assert "list-item-new" in unread
    assert "Nueva" in unread
    assert "Vieja" in opened


def test_an_empty_inbox_says_what_will_come(volunteer, browsing):
    answer = browsing(volunteer).get(page(volunteer))
    assert 'class="empty"' in answer.content.decode()


def test_opening_marks_read_and_leads_to_what_it_speaks_of(volunteer, browsing):
    target = f"/o/{volunteer.organization.code}/mine/"
    item = message(volunteer, path=target)
    answer = browsing(volunteer).post(page(volunteer, f"{item.pk}/open/"))
    assert (answer.status_code, answer.url) == (302, target)
    item.refresh_from_db()
    assert item.read_at is not None


@pytest.mark.parametrize("path", ["", "//evil.example/", "https://evil.example/"])
def test_a_message_without_a_path_of_ours_leads_back_to_the_inbox(volunteer, browsing, path):
    item = message(volunteer, path=path)
    answer = browsing(volunteer).post(page(volunteer, f"{item.pk}/open/"))
    assert answer.url == page(volunteer)


def test_looking_at_the_page_reads_nothing(volunteer, browsing):
    message(volunteer)
    browsing(volunteer).get(page(volunteer))
    assert queries.unread_count(volunteer.pk) == 1


def test_older_messages_are_a_page_away(volunteer, browsing):
    for n in range(30):
        message(volunteer, minutes=n // 4, title=f"Aviso {n:02}.")
    first = browsing(volunteer).get(page(volunteer))
    second = browsing(volunteer).get(first.context["older"])
    titles = [item.title for item in [*first.context["items"], *second.context["items"]]]
    assert len(titles) == 30
    assert len(set(titles)) == 30
    assert second.context["older"] == ""


def test_a_page_that_does_not_exist_is_not_found(volunteer, browsing):
    assert browsing(volunteer).get(page(volunteer), {"before": "x"}).status_code == 404


def test_all_are_read_with_one_button(volunteer, browsing):
    message(volunteer)
    assert browsing(volunteer).post(page(volunteer, "read/")).url == page(volunteer)
    assert queries.unread_count(volunteer.pk) == 0


def test_email_is_turned_off_and_on_again(volunteer, browsing):
    browsing(volunteer).post(page(volunteer, "channels/"), {})
    assert not queries.wants(recipient=volunteer, channel="email")
    assert browsing(volunteer).get(page(volunteer, "channels/")).context["form"].initial == {"email": False}
    browsing(volunteer).post(page(volunteer, "channels/"), {"email": "on"})
    assert queries.wants(recipient=volunteer, channel="email")


def test_whoever_has_no_address_is_told_so(organization, browsing):
    with_one = MembershipFactory(organization=organization, user=UserFactory(email="rosa@example.pe"))
    without = MembershipFactory(organization=organization)
    assert 'class="notice"' not in browsing(with_one).get(page(with_one, "channels/")).content.decode()
    assert 'class="notice"' in browsing(without).get(page(without, "channels/")).content.decode()


@pytest.mark.parametrize("door", ["json", "html"])
def test_the_list_costs_the_same_for_one_message_and_for_ten(volunteer, as_, browsing, door):
    def cost():
        with CaptureQueriesContext(connection) as made:
            if door == "json":
                as_(volunteer).get(api(volunteer))
            else:
                browser.get(page(volunteer))
        return len(made)

    browser = browsing(volunteer)
    message(volunteer)
    for_one = cost()
    for n in range(9):
        message(volunteer, minutes=n)
    assert cost() == for_one
