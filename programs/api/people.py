"""Participants, their guardians and consents. Names go in and come out in bodies, never in addresses."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.resources import NothingIn, ResourceViewSet, Words, read, tagged
from accounts.roles import Permission
from programs.actions import consents, participants
from programs.actions.reading import LONGEST_NAME, Person, Responsible
from programs.api.fields import found
from programs.models import Consent, Guardian, Participant
from programs.states import (
    ConsentKind,
    ConsentStatus,
    DocumentKind,
    Language,
    ReadingReason,
    Relationship,
)
from rules.fields import ChoiceField, instant


def text(longest: int, **options: Any) -> serializers.CharField:
    """Text that may be left out."""
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, default="", **options)


class GuardianIn(StrictSerializer):
    """The grown-up who answers for somebody."""

    full_name = serializers.CharField(max_length=LONGEST_NAME)
    relationship = ChoiceField(choices=Relationship.choices)
    phone = serializers.CharField(max_length=20)
    document = text(20)


class PersonIn(StrictSerializer):
    """What is written down of a participant."""

    given_names = serializers.CharField(max_length=LONGEST_NAME)
    family_names = serializers.CharField(max_length=LONGEST_NAME)
    birth_on = serializers.DateField()
    document_kind = ChoiceField(choices=DocumentKind.choices, default=DocumentKind.NONE)
    document = text(20)
    phone = text(20)
    language = ChoiceField(choices=Language.choices, default=Language.SPANISH)


class ParticipantIn(PersonIn):
    """Somebody to register; under 18 with a guardian."""

    id = serializers.UUIDField()
    guardian = GuardianIn(required=False, allow_null=True, default=None)


class NewGuardianIn(GuardianIn):
    """One more guardian, under the UUID the client chose."""

    id = serializers.UUIDField()


class SearchIn(StrictSerializer):
    """Exact words of a name, in any order, or the number of a document."""

    name = text(160)
    document = text(20)


class ReadingIn(StrictSerializer):
    """Why the names are opened. It goes on record."""

    reason_code = ChoiceField(choices=ReadingReason.choices)


class ConsentIn(StrictSerializer):
    """What to ask a consent for."""

    id = serializers.UUIDField()
    kind = ChoiceField(choices=ConsentKind.choices)


class GiveIn(StrictSerializer):
    """A yes. Under 18: which guardian said it, and that the young person did too."""

    guardian = serializers.UUIDField(required=False, allow_null=True)
    is_assented = serializers.BooleanField(default=False)
    valid_until = serializers.DateField(required=False, allow_null=True)


class ParticipantOut(serializers.Serializer[Participant]):
    """Somebody as a list may show them."""

    id = serializers.UUIDField()
    initials = serializers.CharField()
    birth_year = serializers.IntegerField()
    is_minor = serializers.BooleanField()
    document_kind = serializers.ChoiceField(choices=DocumentKind.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    registered_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def to_representation(self, person: Participant) -> Words:
        return {
            "id": str(person.pk),
            "initials": person.initials,
            "birth_year": person.birth_year,
            "is_minor": person.is_minor(timezone.localdate(self.context["now"])),
            "document_kind": person.document_kind,
            "language": person.language,
            "registered_at": instant(person.registered_at),
            "version": person.version,
        }


class GuardianOut(serializers.Serializer[Guardian]):
    """A guardian without their name."""

    id = serializers.UUIDField()
    relationship = serializers.ChoiceField(choices=Relationship.choices)
    added_at = serializers.DateTimeField()

    def to_representation(self, guardian: Guardian) -> Words:
        return {
            "id": str(guardian.pk),
            "relationship": guardian.relationship,
            "added_at": instant(guardian.added_at),
        }


class OpenGuardianOut(serializers.Serializer[participants.OpenGuardian]):
    """A guardian with their name."""

    id = serializers.UUIDField()
    relationship = serializers.ChoiceField(choices=Relationship.choices)
    full_name = serializers.CharField()
    document = serializers.CharField()
    phone = serializers.CharField()


class NamesOut(serializers.Serializer[participants.OpenNames]):
    """What is sealed of somebody, opened."""

    given_names = serializers.CharField()
    family_names = serializers.CharField()
    birth_on = serializers.DateField()
    document = serializers.CharField()
    phone = serializers.CharField()
    guardians = OpenGuardianOut(many=True)


class ConsentOut(serializers.Serializer[Consent]):
    """One asking, and the answer. `valid_until` is the last day it is good for."""

    id = serializers.UUIDField()
    participant = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ConsentKind.choices)
    status = serializers.ChoiceField(choices=ConsentStatus.choices)
    for_minor = serializers.BooleanField()
    guardian = serializers.UUIDField(allow_null=True)
    is_assented = serializers.BooleanField()
    valid_until = serializers.DateField(allow_null=True)
    requested_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, consent: Consent) -> Words:
        return {
            "id": str(consent.pk),
            "participant": str(consent.participant_id),
            "kind": consent.kind,
            "status": consent.status,
            "for_minor": consent.for_minor,
            "guardian": str(consent.guardian_id) if consent.guardian_id else None,
            "is_assented": consent.is_assented,
            "valid_until": consent.valid_until.isoformat() if consent.valid_until else None,
            "requested_at": instant(consent.requested_at),
            "answered_at": instant(consent.answered_at),
            "ended_at": instant(consent.ended_at),
            "version": consent.version,
        }


class ParticipantViewSet(ResourceViewSet[Participant]):
    """Young people, one at a time. There is no list of them all."""

    queryset = Participant.objects.all()
    serializer_class = ParticipantOut
    allows: ClassVar = {
        "create": Permission.PARTICIPANT_REGISTER,
        "retrieve": Permission.PARTICIPANT_REGISTER,
        "update": Permission.PARTICIPANT_REGISTER,
        "search": Permission.PARTICIPANT_REGISTER,
        "guardians": Permission.PARTICIPANT_REGISTER,
        "add_guardian": Permission.PARTICIPANT_REGISTER,
        "consents": Permission.PARTICIPANT_REGISTER,
        "request_consent": Permission.PARTICIPANT_REGISTER,
        "names": Permission.PARTICIPANT_NAMES,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ParticipantIn, responses={200: ParticipantOut, 201: ParticipantOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Register somebody. The answer holds no name."""
        return self.created_once(request, "participant", ParticipantIn, self._register)

    @extend_schema(request=PersonIn, responses=ParticipantOut)
    def update(self, request: Request, **kwargs: str) -> Response:
        """Put right all that was written down of somebody."""
        person, words = self.get_object(), read(PersonIn, request)
        corrected = participants.correct(
            participant=person,
            by=self.membership,
            at=timezone.now(),
            person=Person(**words),
            expected_version=self.if_match(request),
        )
        return tagged(self.shown(corrected))

    @extend_schema(request=SearchIn, responses=ParticipantOut(many=True))
    @action(detail=False, methods=["post"], pagination_class=None)
    def search(self, request: Request, **kwargs: str) -> Response:
        """Find people by exact words of their names or a document; 20 at most. It goes on record."""
        people = participants.find(by=self.membership, **read(SearchIn, request))
        return Response(self.get_serializer(people, many=True).data)

    @extend_schema(request=ReadingIn, responses=NamesOut)
    @action(detail=True, methods=["post"])
    def names(self, request: Request, **kwargs: str) -> Response:
        """Open somebody's names, document, phone and guardians. It goes on record with the reason."""
        person, words = self.get_object(), read(ReadingIn, request)
        opened = participants.open_names(participant=person, by=self.membership, **words)
        return Response(NamesOut(opened).data, headers={"Cache-Control": "private, no-store"})

    @extend_schema(responses=GuardianOut(many=True))
    @action(detail=True, serializer_class=GuardianOut, pagination_class=None)
    def guardians(self, request: Request, **kwargs: str) -> Response:
        """Who answers for somebody, without names."""
        rows = self.get_object().guardians.order_by("added_at", "pk")
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=NewGuardianIn, responses={200: GuardianOut, 201: GuardianOut})
    @guardians.mapping.post
    def add_guardian(self, request: Request, **kwargs: str) -> Response:
        """Write down one more guardian."""
        person = self.get_object()

        def add(words: Words) -> Guardian:
            key = words.pop("id")
            return participants.add_guardian(
                participant=person,
                by=self.membership,
                at=timezone.now(),
                guardian=Responsible(**words),
                guardian_id=key,
            )

        return self.created_once(request, f"guard:{person.pk.hex}", NewGuardianIn, add)

    @extend_schema(responses=ConsentOut(many=True))
    @action(detail=True, serializer_class=ConsentOut, pagination_class=None)
    def consents(self, request: Request, **kwargs: str) -> Response:
        """What was asked of somebody, the latest first."""
        rows = self.get_object().consents.order_by("-requested_at", "-pk")
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=ConsentIn, responses={200: ConsentOut, 201: ConsentOut})
    @consents.mapping.post
    def request_consent(self, request: Request, **kwargs: str) -> Response:
        """Ask for a consent, or for a new one while the old one holds."""
        person = self.get_object()

        def ask(words: Words) -> Consent:
            return consents.request(
                participant=person,
                by=self.membership,
                at=timezone.now(),
                kind=words["kind"],
                consent_id=words["id"],
            )

        return self.created_once(request, f"consent:{person.pk.hex}", ConsentIn, ask)

    def _register(self, words: Words) -> Participant:
        key, guardian = words.pop("id"), words.pop("guardian")
        return participants.register(
            by=self.membership,
            at=timezone.now(),
            person=Person(**words),
            guardian=Responsible(**guardian) if guardian else None,
            participant_id=key,
        )


class ConsentViewSet(ResourceViewSet[Consent]):
    """The answers to what was asked."""

    queryset = Consent.objects.all()
    serializer_class = ConsentOut
    allows: ClassVar = {
        "retrieve": Permission.PARTICIPANT_REGISTER,
        "give": Permission.PARTICIPANT_REGISTER,
        "refuse": Permission.PARTICIPANT_REGISTER,
        "withdraw": Permission.PARTICIPANT_REGISTER,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=GiveIn, responses=ConsentOut)
    @action(detail=True, methods=["post"])
    def give(self, request: Request, **kwargs: str) -> Response:
        """Write down a yes, good for a year unless told otherwise."""
        on_consent, words = self._on_consent(request), read(GiveIn, request)
        if words.get("guardian"):
            words["guardian"] = found(Guardian, words, "guardian", self.membership)
        return tagged(self.shown(consents.give(**on_consent, **words)))

    @extend_schema(request=NothingIn, responses=ConsentOut)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: str) -> Response:
        """Write down a no."""
        return self._do(consents.refuse, request)

    @extend_schema(request=NothingIn, responses=ConsentOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: str) -> Response:
        """Write down that a yes was taken back."""
        return self._do(consents.withdraw, request)

    def _do(self, verb: Callable[..., Consent], request: Request) -> Response:
        on_consent = self._on_consent(request)
        read(NothingIn, request)
        return tagged(self.shown(verb(**on_consent)))

    def _on_consent(self, request: Request) -> Any:
        return {
            "consent": self.get_object(),
            "by": self.membership,
            "at": timezone.now(),
            "expected_version": self.if_match(request),
        }
