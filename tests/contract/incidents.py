"""Reports, each in a state from which the operation may be done."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image

from incidents.models import Assignment, Move
from tests.contract.rows import OMIT, put
from tests.incidents import factories

NEW = {"status": "received", "triaged_at": None, "closed_at": None}


def filed(world: Any) -> dict[str, Any]:
    """A fight in the street, seen a moment ago, somewhere in the district."""
    seen = {"category": factories.CategoryFactory().code, "occurred_at": timezone.now().isoformat()}
    return seen | {
        "behavior": OMIT,
        "patrol": OMIT,
        "lat": OMIT,
        "lon": OMIT,
        "text": "Dos personas se golpean",
    }


def standing(status: str) -> Any:
    """The report in this state, told to somebody who knows its version."""

    def prepare(world: Any) -> dict[str, Any]:
        now, report = timezone.now(), world.rows["report"]
        is_over = status in {"resolved", "unfounded", "duplicate"}
        triaged = None if status == "received" else now
        put(report, status=status, triaged_at=triaged, closed_at=now if is_over else None)
        return {"version": report.version}

    return prepare


def given_to(world: Any) -> dict[str, Any]:
    handler = factories.MembershipFactory(organization=world.rows["report"].organization, roles={"reviewer"})
    return standing("triaged")(world) | {"member": str(handler.pk)}


def twice(world: Any) -> dict[str, Any]:
    first = factories.ReportFactory(organization=world.rows["report"].organization)
    return standing("triaged")(world) | {"of": str(first.pk)}


def triaged(world: Any) -> dict[str, Any]:
    return standing("received")(world) | {"category": OMIT}


def named(world: Any) -> dict[str, Any]:
    """Sent with a name, and held by whoever asks."""
    report = world.rows["report"]
    put(report, confidentiality="named", holder=world.member, status="triaged", triaged_at=timezone.now())
    return {"reason_code": "ask_for_details"}


class Photo(BytesIO):
    """A small JPEG under a name, to be read again by every request."""

    name = "street.jpg"

    def read(self, size: int | None = -1) -> bytes:
        self.seek(0)
        return super().read(size)


def photographed(world: Any) -> dict[str, Any]:
    drawn = BytesIO()
    Image.new("RGB", (64, 48), "gray").save(drawn, "JPEG")
    return {"photo": Photo(drawn.getvalue())}


def untouched(world: Any) -> None:
    """Just sent, and nobody at the desk has looked yet."""
    report = world.rows["report"]
    for model in (Move, Assignment):
        model.objects.filter(report=report).delete()
    put(report, received_at=timezone.now() + timedelta(seconds=50))  # the draws take a while


def caught(world: Any) -> dict[str, Any]:
    """A crew of which the member is one came home a while ago."""
    patrol = world.rows["patrol"]
    patrol.crew.update(attendance="present")
    now = timezone.now()
    put(patrol, started_at=now - timedelta(hours=3), ended_at=now - timedelta(minutes=5))
    moments = {"caught_at": (now - timedelta(hours=1)).isoformat(), "handed_over_at": OMIT, "unit": OMIT}
    moments |= {"witnesses": 2, "can_police_reach_witnesses": True}
    return moments | {"patrol": str(patrol.pk), "seen": "Rompió la luna de un auto"}


written = standing("triaged")
PREPARED: dict[str, Any] = {
    "citizen_arrests_review_create": lambda world: {"version": 1, "note": "Llamamos a la comisaría"},
    "my_citizen_arrests_create": caught,
    "my_citizen_arrests_correct_create": lambda world: {"text": "Eran dos lunas"},
    "my_reports_create": filed,
    "my_reports_correct_create": lambda world: {"text": "Era en la otra cuadra"},
    "my_reports_undo_create": untouched,
    "my_reports_photos_create": photographed,
    "reports_answer_create": written,
    "reports_assign_create": given_to,
    "reports_contact_create": named,
    "reports_dismiss_create": written,
    "reports_mark_duplicate_create": twice,
    "reports_note_create": written,
    "reports_reopen_create": standing("resolved"),
    "reports_resolve_create": standing("in_progress"),
    "reports_start_work_create": standing("verified"),
    "reports_triage_create": triaged,
    "reports_verify_create": standing("triaged"),
}
