"""What a crew says of itself, and until when nobody worries, through the JSON door."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from patrols.actions import alarms, checks
from patrols.api.alarms import AlarmOut
from patrols.api.doors import OfPatrolViewSet, Words
from patrols.api.fields import CLOCK, ChoiceField, InstantField, ToldIn, instant, moment_of, stamp_of
from patrols.models import Alarm, SafetyCheck
from patrols.queries import safety
from patrols.queries.duty import who_answers
from patrols.states import ON_THE_STREET
from patrols.states.safety import CheckKind
from rules.paging import CursorPages
from rules.refusals import Invalid


class SaidIn(ToldIn):
    """Something a crew says of itself."""

    battery_percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)


class CheckIn(SaidIn):
    """We are well; or, by whoever leads, `no_signal` and `until` when, 90 minutes at most."""

    kind = ChoiceField(choices=CheckKind.choices, default=CheckKind.WELL)
    until = InstantField(required=False, allow_null=True)


class SosIn(SaidIn):
    """We need help. Pressed again it joins the call that is open. A drill is begun by whoever leads."""

    is_drill = serializers.BooleanField(default=False)


class CheckOut(serializers.Serializer[SafetyCheck]):
    """What was said, and when by our clock. Where it was said is not told here."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    is_mine = serializers.BooleanField()
    happened_at = serializers.DateTimeField()
    at = serializers.DateTimeField()
    silent_until = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    battery_percent = serializers.IntegerField(allow_null=True)

    def to_representation(self, said: SafetyCheck) -> Words:
        return {
            "id": str(said.pk),
            "kind": said.kind,
            "is_mine": said.member_id == self.context["member"].pk,
            "happened_at": instant(said.happened_at),
            "at": instant(said.at),
            "silent_until": instant(said.silent_until),
            "is_late": said.is_late,
            "battery_percent": said.battery_percent,
        }


class WatchOut(serializers.Serializer[Any]):
    """Until when nobody worries. The crew's own phones ring at `rings_at`, before anybody is told at
    `due_at`; both are null while nobody waits for a sign. `answering`: aliases of the desk on duty now, until
    `answered_until`; none: nobody watches, call by phone. `alarms`: what is open, with who saw it."""

    heard_at = serializers.DateTimeField(allow_null=True)
    silent_until = serializers.DateTimeField(allow_null=True)
    rings_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    answering = serializers.ListField(child=serializers.CharField())
    answered_until = serializers.DateTimeField(allow_null=True)
    alarms = AlarmOut(many=True)


class AsSaid(CursorPages):
    """As it happened."""

    ordering = ("happened_at", "id")


class CheckViewSet(mixins.ListModelMixin, OfPatrolViewSet[SafetyCheck]):
    """What the crew of the patrol in the path said of itself."""

    queryset = SafetyCheck.objects.all()
    serializer_class = CheckOut
    pagination_class = AsSaid
    allows: ClassVar = {
        "list": Permission.PATROL_VIEW,
        "create": Permission.PATROL_RUN,
        "watch": Permission.PATROL_RUN,
        "sos": Permission.PATROL_RUN,
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(patrol=self.patrol())

    @extend_schema(request=CheckIn, responses={200: CheckOut, 201: CheckOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Say that the crew is well, or that it goes where there is no signal."""
        patrol = self.patrol()

        def say(words: Words) -> SafetyCheck:
            kind, until = words.pop("kind"), words.pop("until", None)
            told: Words = {"patrol": patrol, "by": self.membership, "at": timezone.now()} | self.told(words)
            told["check_id"] = words["id"]
            if kind == CheckKind.NO_SIGNAL:
                return checks.declare_silence(until=until or told["at"], **told)
            if until is not None:
                raise Invalid({"until": _("Only “no_signal” says until when.")})
            return checks.check(**told)

        return self.created_once(request, f"check:{patrol.pk.hex}", CheckIn, say, CLOCK)

    @extend_schema(responses=WatchOut)
    def watch(self, request: Request, **kwargs: str) -> Response:
        """When the own phone rings, when others are told, who answers, and who saw the call."""
        patrol, at = self.patrol(), timezone.now()
        heard = safety.heard(patrol) if patrol.status in ON_THE_STREET else None
        answering = who_answers(self.membership.ubigeo, at, max(at, patrol.shift.ends_at))
        return Response(
            {
                "heard_at": instant(heard.at) if heard else None,
                "silent_until": instant(heard.silent_until) if heard else None,
                "rings_at": instant(heard.rings_at) if heard else None,
                "due_at": instant(heard.due_at) if heard else None,
                "answering": answering.aliases if answering else [],
                "answered_until": instant(answering.until) if answering else None,
                "alarms": AlarmOut(safety.open_alarms(patrol.pk), many=True).data,
            }
        )

    @extend_schema(request=SosIn, responses={200: AlarmOut, 201: AlarmOut})
    def sos(self, request: Request, **kwargs: str) -> Response:
        """Call for help. It does not replace a call by phone."""
        patrol = self.patrol()

        def call(words: Words) -> Alarm:
            told = self.told(words)
            return alarms.raise_sos(
                patrol=patrol,
                by=self.membership,
                at=timezone.now(),
                is_drill=words["is_drill"],
                alarm_id=words["id"],
                **told,
            )

        return self.created_once(request, f"sos:{patrol.pk.hex}", SosIn, call, CLOCK)

    def told(self, words: Words) -> Words:
        """When, where and with how much battery, by the phone."""
        moment = moment_of(words)
        return {
            "happened_at": moment,
            "battery_percent": words.pop("battery_percent", None),
            "stamp": stamp_of(words),
        }
