"""Reports and what belongs to one."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organization
from accounts.roles import Role
from incidents.models import (
    Assignment,
    Category,
    CitizenArrestEntry,
    CitizenArrestReport,
    Entry,
    Group,
    Move,
    Photo,
    Report,
    tag_of,
)
from incidents.models.reports import rank_of
from tests.factories import NOON, OURS, MembershipFactory, OwnedFactory, PatrolFactory


def municipality(ubigeo="150132"):
    """The one desk of a district."""
    return Organization.objects.get_or_create(
        kind="municipality", ubigeo=ubigeo, defaults={"name": "Municipalidad"}
    )[0]


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group
        django_get_or_create = ("code",)

    code = "CON"
    order = 70
    name_es = "Convivencia y orden"
    name_en = "Public order & nuisance"


class CategoryFactory(DjangoModelFactory):
    """A street fight unless told otherwise: weight 3, normal, drawn within a few blocks."""

    class Meta:
        model = Category
        django_get_or_create = ("code", "version")

    group = factory.SubFactory(GroupFactory)
    code = "VID-05"
    version = 1
    valid_from = date(2025, 1, 1)
    name_es = "Pelea callejera"
    name_en = "Street fight"
    severity = 3
    call_lines = "serenazgo"
    sensitivity = 0
    map_policy = "blur"
    rm_codes = "020103"


class ReportFactory(OwnedFactory):
    """A reserved report that nobody has read, by a volunteer of the district's board."""

    class Meta:
        model = Report
        exclude = ("by",)

    organization = factory.LazyFunction(municipality)
    by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}))
    ubigeo = "150132"
    category = factory.SubFactory(CategoryFactory)
    severity = factory.SelfAttribute("category.severity")
    sensitivity = factory.SelfAttribute("category.sensitivity")
    occurred_at = NOON - timedelta(minutes=5)
    received_at = NOON
    text = "Dos personas se golpean"
    confidentiality = "reserved"
    reporter = factory.LazyAttribute(
        lambda report: None if report.confidentiality == "anonymous" else str(report.by.pk)
    )
    reporter_tag = factory.LazyAttribute(
        lambda report: "" if report.reporter is None else tag_of(report.by, report.confidentiality)
    )
    reporter_alias = factory.LazyAttribute(lambda report: "" if report.reporter is None else "Molle 123")
    triaged_at = factory.LazyAttribute(
        lambda report: None if report.status == "received" else NOON + timedelta(minutes=1)
    )
    closed_at = factory.LazyAttribute(
        lambda report: (
            NOON + timedelta(minutes=2) if report.status in {"resolved", "unfounded", "duplicate"} else None
        )
    )
    status = "received"
    spoke_at = None
    rank = factory.LazyAttribute(rank_of)


class OfReportFactory(OwnedFactory):
    """Something of a report, kept by whoever has the report."""

    class Meta:
        abstract = True

    report = factory.SubFactory(ReportFactory)
    organization = factory.SelfAttribute("report.organization")


class PhotoFactory(OfReportFactory):
    class Meta:
        model = Photo

    name = factory.Sequence("photos/{:032x}.jpg".format)
    width = 640
    height = 480
    size = 1000
    digest = "0" * 64
    added_at = NOON


class EntryFactory(OfReportFactory):
    """An answer to whoever reported."""

    class Meta:
        model = Entry

    kind = "answer"
    text = "Gracias, ya vamos"
    author = factory.SubFactory(MembershipFactory, roles=frozenset({Role.REVIEWER}), **OURS)
    at = NOON


class AssignmentFactory(OfReportFactory):
    class Meta:
        model = Assignment

    holder = factory.SubFactory(MembershipFactory, roles=frozenset({Role.REVIEWER}), **OURS)
    by = factory.SelfAttribute("holder")
    assigned_at = NOON


class MoveFactory(OfReportFactory):
    class Meta:
        model = Move

    version = 1
    verb = "file"
    status = "received"
    at = NOON


class ArrestFactory(OwnedFactory):
    """The record of a citizen's arrest that nobody has read, by a volunteer of the district's board."""

    class Meta:
        model = CitizenArrestReport

    organization = factory.LazyFunction(municipality)
    author = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}))
    patrol = factory.SubFactory(PatrolFactory, organization=factory.SelfAttribute("..author.organization"))
    caught_at = NOON - timedelta(minutes=30)
    seen = "Rompió la luna de un auto"
    handed_over_at = NOON - timedelta(minutes=15)
    unit = "Comisaría de Santa Elizabeth"
    has_injuries = False
    was_force_used = False
    sent_at = NOON


class ArrestEntryFactory(OwnedFactory):
    """What its author added."""

    class Meta:
        model = CitizenArrestEntry

    report = factory.SubFactory(ArrestFactory)
    organization = factory.SelfAttribute("report.organization")
    kind = "correction"
    text = "Eran dos lunas"
    author = factory.SelfAttribute("report.author")
    at = NOON
