"""`GET changes`: what a phone should know, and what changed since it last asked."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import ScopedViewSet
from accounts.roles import Permission
from incidents.api.mine import as_sender_sees
from incidents.api.shapes import OwnReportOut
from patrols.api.patrols import PatrolOut
from patrols.api.shifts import ShiftOut
from patrols.api.signups import SignupOut
from patrols.models import Shift
from phone import cursors
from phone.queries import changes
from programs.api.sessions import MeetingOut

CURSOR = OpenApiParameter("cursor", str, description="As the last answer gave it; none to begin.")


class GoneOut(serializers.Serializer[Any]):
    """Something the phone may hold and must forget."""

    kind = serializers.ChoiceField(choices=["patrol", "session", "shift"])
    id = serializers.UUIDField()


class ChangesOut(serializers.Serializer[Any]):
    """Each row whole, as its own resource shows it. A snapshot replaces what the phone holds;
    otherwise rows replace those of the same id. The same change may be told twice."""

    cursor = serializers.CharField()
    has_more = serializers.BooleanField(help_text="Ask again at once, with this cursor.")
    is_snapshot = serializers.BooleanField()
    shifts = ShiftOut(many=True)
    signups = SignupOut(many=True)
    patrols = PatrolOut(many=True)
    reports = OwnReportOut(many=True)
    sessions = MeetingOut(many=True)
    gone = GoneOut(many=True)


class ChangesViewSet(ScopedViewSet[Shift]):
    """What changed for whoever asks."""

    queryset = Shift.objects.all()
    serializer_class = ChangesOut
    allows: ClassVar = {"changes": Permission.PHONE_SYNC}
    takes: ClassVar = {"changes": {"cursor"}}

    @extend_schema(parameters=[CURSOR], responses=ChangesOut)
    def changes(self, request: Request, **path: str) -> Response:
        """Everything that matters at first; after that what changed, and what is gone."""
        now, member = timezone.now(), self.membership
        cursor = request.query_params.get("cursor")
        mark = None if cursor is None else cursors.read(cursor, member.pk)
        found = changes.since(mark, member=member, now=now)
        cursor, reports = cursors.write(found.mark, member.pk), as_sender_sees(found.reports)
        row = vars(found) | {"cursor": cursor, "reports": reports}
        return Response(ChangesOut(row, context={"member": member, "now": now}).data)
