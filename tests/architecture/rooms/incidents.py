"""What `incidents` adds to the walk: the words of its addresses, its rows, the shapes of its JSON."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Membership, Organization
from tests.incidents import factories

KEYS: dict[str, str] = {
    "reports": "report",
    "my-reports": "report",
    "photos": "photo",
    "my-photos": "photo",
    "citizen-arrests": "arrest",
    "my-citizen-arrests": "arrest",
}
ROW = {
    *("id", "category", "category_version", "category_name", "group", "severity", "sensitivity", "status"),
    *("confidentiality", "occurred_at", "received_at", "sector", "sector_name", "outside_district"),
    *("lat", "lon", "holder", "holder_alias", "photo_count", "has_addition", "is_retracted", "version"),
}
WHOLE = ROW | {
    *("is_in_progress", "is_someone_hurt", "has_weapon", "is_child_involved", "behavior", "has_consent"),
    *("ubigeo", "accuracy_m", "block", "lot", "street", "reference", "text", "reporter_alias", "patrol"),
    *("duplicate_of", "triaged_at", "answered_at", "closed_at", "retracted_at", "verbs", "photos"),
}
OWN = {
    *("id", "category", "category_version", "category_name", "group", "desk", "status", "confidentiality"),
    *("text", "occurred_at", "received_at", "answered_at", "closed_at", "retracted_at", "entries", "photos"),
    *("verbs", "version"),
}
OWN_ARREST = {
    *("id", "patrol", "status", "caught_at", "handed_over_at", "has_injuries", "was_force_used", "sent_at"),
    *("corrected_at", "reviewed_at", "version", "witnesses", "can_police_reach_witnesses"),
}
ARREST = OWN_ARREST | {"board_name", "author_alias"}
SHAPES: dict[str, set[str]] = {
    "incidents-api:report-list": ROW,
    "incidents-api:report-detail": WHOLE,
    "incidents-api:report-entries": {"id", "kind", "text", "by", "at"},
    "incidents-api:report-moves": {"version", "verb", "status", "fields_changed", "by", "at"},
    "incidents-api:own-report-list": OWN,
    "incidents-api:own-report-detail": OWN,
    "incidents-api:category-list": {
        *("id", "code", "version", "group", "group_name", "name", "severity", "call_lines", "referral"),
        *("sensitivity", "map_policy", "is_discreet", "asks_behavior", "asks_text"),
    },
    "incidents-api:photo-detail": {"image/jpeg"},
    "incidents-api:own-photo-detail": {"image/jpeg"},
    "incidents-api:arrest-list": ARREST,
    "incidents-api:arrest-detail": ARREST | {"seen", "unit", "entries"},
    "incidents-api:own-arrest-list": OWN_ARREST,
    "incidents-api:own-arrest-detail": OWN_ARREST,
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A report and the record of an arrest that the member sent to the desk of the owner's district, with
    all that belongs to one."""
    place = owner.ubigeo or "150132"
    ours = {"organization": factories.municipality(place)}
    report = factories.ReportFactory(by=member, ubigeo=place, received_at=timezone.now(), **ours)
    name = default_storage.save("photos/walk.jpg", ContentFile(b"\xff\xd8\xff"))
    held = factories.AssignmentFactory(report=report, **ours)
    factories.MoveFactory(report=report, verb="assign", by=held.holder, **ours)
    arrest = factories.ArrestFactory(author=member, sent_at=timezone.now(), **ours)
    return {
        "report": report,
        "arrest": arrest,
        "arrest_entry": factories.ArrestEntryFactory(report=arrest),
        "photo": factories.PhotoFactory(report=report, name=name, **ours),
        "answer": factories.EntryFactory(report=report, **ours),
        "assignment": held,
    }
