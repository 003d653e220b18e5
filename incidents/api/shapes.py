"""What is shown of a report at the JSON door."""

from typing import Any

from rest_framework import serializers

from incidents import queries
from incidents.models import Category, Entry, Move, Photo
from incidents.models.categories import in_language
from incidents.states import SHARED, Confidentiality, EntryKind, MapPolicy, ReportStatus
from rules.fields import instant

Words = dict[str, Any]


class Read(serializers.Serializer[Any]):
    """A shape that says by itself what it shows; told who looks, and when."""


class CategoryOut(Read):
    """A type of incident as it is offered now. `call_lines` are codes of `lines/`, the first one first."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    group = serializers.CharField()
    group_name = serializers.CharField()
    name = serializers.CharField()
    severity = serializers.IntegerField()
    call_lines = serializers.ListField(child=serializers.CharField())
    referral = serializers.CharField()
    sensitivity = serializers.IntegerField()
    map_policy = serializers.ChoiceField(choices=MapPolicy.choices)
    is_discreet = serializers.BooleanField()
    asks_behavior = serializers.BooleanField()
    asks_text = serializers.BooleanField()

    def to_representation(self, category: Category) -> Words:
        return {
            "id": str(category.pk),
            "code": category.code,
            "version": category.version,
            "group": category.group_id,
            "group_name": category.group.name,
            "name": category.name,
            "severity": category.severity,
            "call_lines": category.lines,
            "referral": category.referral,
            "sensitivity": category.sensitivity,
            "map_policy": category.map_policy,
            "is_discreet": category.is_discreet,
            "asks_behavior": category.asks_behavior,
            "asks_text": category.asks_text,
        }


class ReceivedOut(Read):
    """That a report arrived."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    version = serializers.IntegerField()


class AttachedOut(Read):
    """That a photo arrived, and the version of the report with it."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()


class PhotoOut(Read):
    """A photo; its file is at `photos/<id>/`, one's own at `my-photos/<id>/`. `size` is in bytes."""

    id = serializers.UUIDField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField()
    added_at = serializers.DateTimeField()

    def to_representation(self, photo: Photo) -> Words:
        return {
            "id": str(photo.pk),
            "width": photo.width,
            "height": photo.height,
            "size": photo.size,
            "added_at": instant(photo.added_at),
        }


class ReportRowOut(Read):
    """A report as the queue shows it. `lat` and `lon` are where a map may draw it, not where it was."""

    id = serializers.UUIDField()
    category = serializers.CharField()
    category_version = serializers.IntegerField()
    category_name = serializers.CharField()
    group = serializers.CharField()
    severity = serializers.IntegerField()
    sensitivity = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    sector = serializers.UUIDField(allow_null=True)
    sector_name = serializers.CharField()
    outside_district = serializers.BooleanField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    holder = serializers.UUIDField(allow_null=True)
    holder_alias = serializers.CharField(allow_null=True)
    photo_count = serializers.IntegerField()
    has_addition = serializers.BooleanField()
    is_retracted = serializers.BooleanField()
    version = serializers.IntegerField()

    def to_representation(self, report: Any) -> Words:
        lat, lon = queries.drawn_at(report) or (None, None)
        return kind_of(report) | {
            "id": str(report.pk),
            "severity": report.severity,
            "sensitivity": report.sensitivity,
            "status": report.status,
            "confidentiality": report.confidentiality,
            "occurred_at": instant(report.occurred_at),
            "received_at": instant(report.received_at),
            "sector": str(report.sector_id) if report.sector_id else None,
            "sector_name": report.sector_name or "",
            "outside_district": report.outside_district,
            "lat": lat,
            "lon": lon,
            "holder": str(report.holder_id) if report.holder_id else None,
            "holder_alias": report.holder_alias,
            "photo_count": report.photo_count,
            "has_addition": report.spoke_at is not None,
            "is_retracted": report.retracted_at is not None,
            "version": report.version,
        }


class ReportOut(ReportRowOut):
    """A report whole, for its desk: here `lat` and `lon` are where it was. Reading one is on record."""

    is_in_progress = serializers.BooleanField()
    is_someone_hurt = serializers.BooleanField()
    has_weapon = serializers.BooleanField()
    is_child_involved = serializers.BooleanField()
    behavior = serializers.CharField()
    has_consent = serializers.BooleanField()
    ubigeo = serializers.CharField()
    accuracy_m = serializers.FloatField(allow_null=True)
    block = serializers.CharField()
    lot = serializers.CharField()
    street = serializers.CharField()
    reference = serializers.CharField()
    text = serializers.CharField()
    reporter_alias = serializers.CharField()
    patrol = serializers.UUIDField(allow_null=True)
    duplicate_of = serializers.UUIDField(allow_null=True)
    triaged_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    retracted_at = serializers.DateTimeField(allow_null=True)
    verbs = serializers.ListField(child=serializers.CharField())
    photos = PhotoOut(many=True)

    def to_representation(self, report: Any) -> Words:
        shown: Words = super().to_representation(report) | report.toggles
        for name in ("behavior", "has_consent", "ubigeo", "text", "reporter_alias", *SPOT):
            shown[name] = getattr(report, name)
        for name in ("triaged_at", "answered_at", "closed_at", "retracted_at"):
            shown[name] = instant(getattr(report, name))
        for name in ("patrol", "duplicate_of"):
            key = getattr(report, f"{name}_id")
            shown[name] = str(key) if key else None
        shown["verbs"] = report.next_verbs(self.context["member"])
        shown["photos"] = PhotoOut(report.photos.all(), many=True).data
        return shown


SPOT = ("lat", "lon", "accuracy_m", "block", "lot", "street", "reference")


class EntryOut(Read):
    """What somebody wrote about a report; `by` is the alias they go by there."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()

    def to_representation(self, entry: Entry) -> Words:
        author = entry.author
        return {
            "id": str(entry.pk),
            "kind": entry.kind,
            "text": entry.text,
            "by": author.alias if author else entry.report.reporter_alias,
            "at": instant(entry.at),
        }


class StepOut(Read):
    """One step of a report and the version it led to; `fields` changed with it."""

    version = serializers.IntegerField()
    verb = serializers.CharField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    fields_changed = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField()
    at = serializers.DateTimeField()

    def to_representation(self, step: Move) -> Words:
        return {
            "version": step.version,
            "verb": step.verb,
            "status": step.status,
            "fields_changed": step.changed,
            "by": step.by.alias if step.by else step.report.reporter_alias,
            "at": instant(step.at),
        }


class ExchangedOut(Read):
    """What passed between the desk and whoever reported."""

    kind = serializers.ChoiceField(choices=[choice for choice in EntryKind.choices if choice[0] in SHARED])
    text = serializers.CharField()
    at = serializers.DateTimeField()

    def to_representation(self, entry: Entry) -> Words:
        return {"kind": entry.kind, "text": entry.text, "at": instant(entry.at)}


class OwnReportOut(Read):
    """One's own report. `verbs` are what one may do with it now."""

    id = serializers.UUIDField()
    category = serializers.CharField()
    category_version = serializers.IntegerField()
    category_name = serializers.CharField()
    group = serializers.CharField()
    desk = serializers.CharField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    text = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    retracted_at = serializers.DateTimeField(allow_null=True)
    entries = ExchangedOut(many=True)
    photos = PhotoOut(many=True)
    verbs = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()

    def to_representation(self, report: Any) -> Words:
        moments = ("occurred_at", "received_at", "answered_at", "closed_at", "retracted_at")
        return (
            kind_of(report)
            | {name: instant(getattr(report, name)) for name in moments}
            | {name: getattr(report, name) for name in ("status", "confidentiality", "text", "version")}
            | {
                "id": str(report.pk),
                "desk": report.organization.name,
                "entries": ExchangedOut(report.exchanged, many=True).data,
                "photos": PhotoOut(report.photos.all(), many=True).data,
                "verbs": report.own_verbs(self.context["now"]),
            }
        )


class ContactOut(Read):
    """Whoever sent a named report, as the board knows them."""

    alias = serializers.CharField()
    full_name = serializers.CharField()
    phone = serializers.CharField()


def kind_of(report: Any) -> Words:
    """The type of a report, with the version it was filed or triaged with."""
    return {
        "category": report.code,
        "category_version": report.code_version,
        "category_name": in_language(report, "type"),
        "group": report.group,
    }
