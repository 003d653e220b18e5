"""Rows for tests. People have parts (`coordinator`, `volunteer`, `stranger`), not numbers."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import factory
from allauth.mfa.models import Authenticator
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Appointment, Device, Membership, Organization, User
from accounts.roles import Role
from notifications.models import InboxItem
from patrols.models import CrewMember, Joining, LogEntry, Patrol, Qualification, Shift, Signup
from patrols.states import CURRENT_CODE, HERE
from places.models import District, EmergencyLine, PoliceStation, PriorityPoint, Sector

NOON = datetime(2030, 1, 1, 17, tzinfo=UTC)  # noon in Lima


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence("user{}".format)
    full_name = factory.Sequence("Persona {}".format)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence("Junta {}".format)
    kind = "board"
    ubigeo = "150132"


PATROLS = frozenset({Role.VOLUNTEER, Role.PATROL_LEADER, Role.COORDINATOR})
LEADS = frozenset({Role.PATROL_LEADER, Role.COORDINATOR})


class MembershipFactory(DjangoModelFactory):
    """A coordinator with a second factor unless told otherwise. Whoever patrols is approved and of
    age, and leaders are trained; `joining_row=False` gives somebody who was only just invited."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    roles = frozenset({Role.COORDINATOR})
    alias = factory.Sequence("Picaflor {}".format)

    @factory.post_generation
    def second_factor(self, create, wanted=True, **kwargs):
        if create and wanted is not False and self.is_staff:
            Authenticator.objects.get_or_create(
                user=self.user, type="totp", defaults={"data": {"secret": "not-used"}}
            )

    @factory.post_generation
    def joining_row(self, create, wanted=True, **kwargs):
        if not create or wanted is False or not self.roles & PATROLS:
            return
        JoiningFactory(membership=self, organization=self.organization)
        if self.roles & LEADS:
            QualificationFactory(membership=self, organization=self.organization, kind="patrol_leader")


class JoiningFactory(DjangoModelFactory):
    """An approved one of somebody who went out before the way was asked, unless told otherwise."""

    class Meta:
        model = Joining

    status = "approved"
    is_taken_over = True
    of_age_on = date(2020, 1, 1)
    code_of_conduct_version = CURRENT_CODE
    code_signed_at = datetime(2020, 1, 1, tzinfo=UTC)
    approved_at = datetime(2020, 1, 1, tzinfo=UTC)


class QualificationFactory(DjangoModelFactory):
    """A training that counts for a long time, unless told otherwise."""

    class Meta:
        model = Qualification

    kind = "patrol_training"
    valid_from = date(2020, 1, 1)
    valid_until = date(2060, 1, 1)
    recorded_at = datetime(2020, 1, 1, tzinfo=UTC)


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("ubigeo",)

    ubigeo = "150132"
    name = "San Juan de Lurigancho"
    province = "Lima"
    lat = -12.0297
    lon = -77.01


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = Sector

    district = factory.SubFactory(DistrictFactory)
    code = factory.Sequence("S{}".format)
    name = factory.Sequence("Sector {}".format)


class OwnedFactory(DjangoModelFactory):
    """One organization for the row and, unless told otherwise, for everything it touches."""

    class Meta:
        abstract = True

    organization = factory.SubFactory(OrganizationFactory)


OURS = {"organization": factory.SelfAttribute("..organization")}


class ShiftFactory(OwnedFactory):
    class Meta:
        model = Shift

    sector = factory.SubFactory(
        SectorFactory, district__ubigeo=factory.SelfAttribute("...organization.ubigeo")
    )
    service_date = date(2030, 1, 4)
    starts_at = NOON + timedelta(days=3, hours=9)
    ends_at = factory.LazyAttribute(lambda shift: shift.starts_at + timedelta(hours=3))
    meeting_point = "Parque central"
    capacity = 6
    status = "open"


class SignupFactory(OwnedFactory):
    """A confirmed signup; it takes its place in the shift's count."""

    class Meta:
        model = Signup
        skip_postgeneration_save = True

    shift = factory.SubFactory(ShiftFactory, **OURS)
    membership = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    status = "confirmed"
    signed_up_at = NOON
    confirmed_at = factory.LazyAttribute(lambda signup: NOON if signup.status == "confirmed" else None)
    waiting_since = factory.LazyAttribute(lambda signup: NOON if signup.status == "waitlisted" else None)
    offer_expires_at = factory.LazyAttribute(
        lambda signup: NOON + timedelta(hours=2) if signup.status == "offered" else None
    )

    @factory.post_generation
    def take_place(self, create, extracted, **kwargs):
        if create and self.status in {"confirmed", "offered"}:
            self.shift.places_taken += 1
            self.shift.places_offered += self.status == "offered"
            self.shift.save(update_fields=["places_taken", "places_offered"])


class PatrolFactory(OwnedFactory):
    class Meta:
        model = Patrol

    shift = factory.SubFactory(ShiftFactory, **OURS)
    leader = factory.SubFactory(MembershipFactory, roles=frozenset({Role.PATROL_LEADER}), **OURS)


class CrewMemberFactory(OwnedFactory):
    class Meta:
        model = CrewMember

    patrol = factory.SubFactory(PatrolFactory, **OURS)
    membership = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    # Whoever is there has promised what everybody promises, unless a test says otherwise.
    pledged_at = factory.LazyAttribute(lambda one: NOON if getattr(one, "attendance", "") in HERE else None)
    pledged_by = factory.LazyAttribute(lambda one: one.membership if one.pledged_at else None)


class LogEntryFactory(OwnedFactory):
    class Meta:
        model = LogEntry

    patrol = factory.SubFactory(PatrolFactory, **OURS)
    author = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    text = "Luz apagada en la esquina"
    captured_at = NOON
    recorded_at = NOON


class PoliceStationFactory(DjangoModelFactory):
    class Meta:
        model = PoliceStation

    district = factory.SubFactory(DistrictFactory)
    name = factory.Sequence("Comisaría {}".format)


class EmergencyLineFactory(DjangoModelFactory):
    """A general line, valid since 2025, unless told otherwise."""

    class Meta:
        model = EmergencyLine

    code = factory.Sequence("line{}".format)
    number = "105"
    name_es = "Policía"
    name_en = "Police"
    valid_from = date(2025, 1, 1)


class PriorityPointFactory(OwnedFactory):
    class Meta:
        model = PriorityPoint

    sector = factory.SubFactory(
        SectorFactory, district__ubigeo=factory.SelfAttribute("...organization.ubigeo")
    )
    name = factory.Sequence("Punto {}".format)
    lat = -12.0297
    lon = -77.01
    h3_9 = "898e62c2a3bffff"
    h3_7 = "878e62c2affffff"


class DeviceFactory(OwnedFactory):
    class Meta:
        model = Device

    membership = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    label = "Celular"
    secret_hash = factory.Sequence("{:064x}".format)
    pin_hash = "!"
    enrolled_at = NOON


class InboxItemFactory(DjangoModelFactory):
    class Meta:
        model = InboxItem

    occasion = factory.Sequence("occasion {}".format)
    kind = "shift_reminder"
    subject_id = factory.LazyFunction(uuid4)
    title = "Tu ronda es mañana"
    body = "Abre Ronda para ver los detalles."
    created_at = NOON


class AppointmentFactory(OwnedFactory):
    """A new board that waits for a second person, unless told otherwise."""

    class Meta:
        model = Appointment

    organization = factory.SubFactory(OrganizationFactory, kind="municipality")
    kind = "board"
    name = factory.Sequence("Junta propuesta {}".format)
    full_name = "Rosa Quispe"
    proposed_by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.REVIEWER}), **OURS)
    proposed_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.proposed_at + timedelta(days=7))
