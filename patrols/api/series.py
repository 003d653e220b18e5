"""Nights that come again and again: planned, looked at, changed, left out, ended."""

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.roles import Permission
from patrols.actions import occurrences, series, shifts
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, NothingIn, instant, read
from patrols.api.shifts import with_sector
from patrols.models import Series
from patrols.queries import series as queries
from patrols.states import PatrolKind
from patrols.states.recurrence import OTHER_ZONE
from patrols.states.series import SeriesStatus, SkipReason
from rules.paging import CursorPages

LIMA = "America/Lima"
HOURS = ["%H:%M", "%H:%M:%S"]


class SeriesOut(serializers.Serializer[Any]):
    """A rule (RRULE) that makes nights, by the days and hours of Lima. A night that ends at or before the
    hour it starts ends on the next day: 22:00 to 02:00. `follows` is the series it was split from."""

    id = serializers.UUIDField()
    rule = serializers.CharField()
    timezone = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    starts_time = serializers.RegexField(r"^[0-2][0-9]:[0-5][0-9]$")
    ends_time = serializers.RegexField(r"^[0-2][0-9]:[0-5][0-9]$")
    kind = serializers.ChoiceField(choices=PatrolKind.choices)
    sector = serializers.UUIDField()
    meeting_point = serializers.CharField()
    capacity = serializers.IntegerField()
    minimum_crew = serializers.IntegerField()
    skips_holidays = serializers.BooleanField()
    weeks_ahead = serializers.IntegerField()
    status = serializers.ChoiceField(choices=SeriesStatus.choices)
    follows = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, row: Series) -> Words:
        return {
            "id": str(row.pk),
            "rule": row.rule,
            "timezone": LIMA,
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "starts_time": f"{row.starts_time:%H:%M}",
            "ends_time": f"{row.ends_time:%H:%M}",
            "kind": row.kind,
            "sector": str(row.sector_id),
            "meeting_point": row.meeting_point,
            "capacity": row.capacity,
            "minimum_crew": row.minimum_crew,
            "skips_holidays": row.skips_holidays,
            "weeks_ahead": row.weeks_ahead,
            "status": row.status,
            "follows": str(row.follows_id) if row.follows_id else None,
            "version": row.version,
        }


class OccurrenceOut(serializers.Serializer[Any]):
    """One night of a series. `occurrence_on` is the day the rule gives it, `shift` the night itself once it
    is on the calendar. Nights that do not `fits` the rule any more wait for somebody to decide."""

    occurrence_on = serializers.DateField()
    service_date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    status = serializers.CharField()
    holiday = serializers.CharField(allow_null=True)
    shift = serializers.UUIDField(allow_null=True)
    people = serializers.IntegerField()
    is_changed = serializers.BooleanField()
    fits = serializers.BooleanField()

    def to_representation(self, one: queries.Occurrence) -> Words:
        return {
            "occurrence_on": one.occurrence_on.isoformat(),
            "service_date": one.service_date.isoformat(),
            "starts_at": instant(one.starts_at),
            "ends_at": instant(one.ends_at),
            "status": one.status,
            "holiday": one.holiday.code if one.holiday else None,
            "shift": str(one.shift.pk) if one.shift is not None else None,
            "people": one.people,
            "is_changed": one.is_changed,
            "fits": one.fits,
        }


class SeriesChangeIn(StrictSerializer):
    """What to change; what is left out stays. The zone is Lima's: another one is refused."""

    rule = serializers.CharField(max_length=300, required=False)
    timezone = serializers.CharField(max_length=60, required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    starts_time = serializers.TimeField(required=False, input_formats=HOURS)
    ends_time = serializers.TimeField(required=False, input_formats=HOURS)
    sector = serializers.UUIDField(required=False)
    kind = ChoiceField(choices=PatrolKind.choices, required=False)
    meeting_point = serializers.CharField(max_length=200, required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=shifts.MOST_PLACES, required=False)
    minimum_crew = serializers.IntegerField(min_value=0, max_value=shifts.MOST_PLACES, required=False)
    skips_holidays = serializers.BooleanField(required=False)
    weeks_ahead = serializers.IntegerField(min_value=0, max_value=1000, required=False)

    def validate_timezone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."))
        if value != LIMA:
            raise serializers.ValidationError(OTHER_ZONE)
        return value


class SeriesPlanIn(SeriesChangeIn):
    """All that a new series has."""

    rule = serializers.CharField(max_length=300)
    starts_on = serializers.DateField()
    starts_time = serializers.TimeField(input_formats=HOURS)
    ends_time = serializers.TimeField(input_formats=HOURS)
    sector = serializers.UUIDField()
    meeting_point = serializers.CharField(max_length=200)
    capacity = serializers.IntegerField(min_value=1, max_value=shifts.MOST_PLACES)


class SeriesIn(SeriesPlanIn):
    """`id` is the UUID the client chose; sent again, nothing happens twice."""

    id = serializers.UUIDField()


class ChangeFromIn(SeriesChangeIn):
    """From which night on; the nights from there become the series `id`."""

    id = serializers.UUIDField()
    occurrence_on = serializers.DateField()


class OccurrenceIn(StrictSerializer):
    """Which night: the day the rule gives it."""

    occurrence_on = serializers.DateField()


class LeaveOutIn(OccurrenceIn):
    """Which night, and why. Whoever signed up reads the reason."""

    reason = ChoiceField(choices=SkipReason.choices)


class BySeries(CursorPages):
    ordering = ("starts_on", "id")


class SeriesFilter(Filters):
    """Those that still make nights, or those that ended."""

    status = filters.ChoiceFilter(choices=SeriesStatus.choices)


class SeriesViewSet(mixins.ListModelMixin, PatrolsViewSet[Series]):
    """The board's series. One night alone is changed as a shift: `PATCH shifts/<shift>/`."""

    queryset = Series.objects.all()
    serializer_class = SeriesOut
    filterset_class = SeriesFilter
    pagination_class = BySeries
    allows: ClassVar = dict.fromkeys(
        (
            *("list", "retrieve", "create", "partial_update", "preview", "nights", "change_from"),
            *("skip", "restore", "keep", "end"),
        ),
        Permission.SHIFT_PLAN,
    )

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=SeriesIn, responses={200: SeriesOut, 201: SeriesOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Begin a series, and write its first nights for all to see."""
        return self.created_once(request, "series", SeriesIn, self._plan)

    @extend_schema(request=SeriesPlanIn, responses=OccurrenceOut(many=True))
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def preview(self, request: Request, **kwargs: str) -> Response:
        """The next nights that such a series would make. Nothing is written."""
        at, words = timezone.now(), self._read(SeriesPlanIn, request)
        row = series.draft(by=self.membership, at=at, **words)
        return Response(OccurrenceOut(queries.preview(row, at), many=True).data)

    @extend_schema(responses=OccurrenceOut(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def nights(self, request: Request, **kwargs: str) -> Response:
        """The next nights, those that are left out or no longer fit among them."""
        found = queries.coming(self.get_object(), timezone.now())
        return Response(OccurrenceOut(found, many=True).data)

    @extend_schema(request=SeriesChangeIn, responses=SeriesOut)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Change all nights to come, and tell everybody who signed up."""
        row = self.get_object()
        return self._again(row, series.change, request, **self._read(SeriesChangeIn, request))

    @extend_schema(request=ChangeFromIn, responses=SeriesOut)
    @action(detail=True, methods=["post"], url_path="change-from")
    def change_from(self, request: Request, **kwargs: str) -> Response:
        """Change one night and all that follow. Answers the series they belong to from now on."""
        row, words = self.get_object(), self._read(ChangeFromIn, request)
        return self._again(row, series.change_from, request, series_id=words.pop("id"), **words)

    @extend_schema(request=LeaveOutIn, responses=SeriesOut)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, **kwargs: str) -> Response:
        """Nobody goes out on one night. Whoever signed up is told."""
        return self._on_night(occurrences.skip, LeaveOutIn, request)

    @extend_schema(request=OccurrenceIn, responses=SeriesOut)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, **kwargs: str) -> Response:
        """Go out after all on a night that was left out."""
        return self._on_night(occurrences.restore, OccurrenceIn, request)

    @extend_schema(request=OccurrenceIn, responses=SeriesOut)
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, **kwargs: str) -> Response:
        """Let a night take place although the rule no longer makes it."""
        return self._on_night(occurrences.keep, OccurrenceIn, request)

    @extend_schema(request=NothingIn, responses=SeriesOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: str) -> Response:
        """Make no more nights. Those with people stay until somebody decides."""
        return self._again(self.get_object(), series.end, request, **read(NothingIn, request))

    def _read(self, kind: type[SeriesChangeIn], request: Request) -> Words:
        return self._as_verbs_take_it(read(kind, request))

    def _as_verbs_take_it(self, words: Words) -> Words:
        words = with_sector(words, self.membership)
        words.pop("timezone", None)
        if "kind" in words:
            words["kind"] = PatrolKind(words["kind"])
        return words

    def _plan(self, words: Words) -> Series:
        words = self._as_verbs_take_it(words)
        return series.plan(by=self.membership, at=timezone.now(), series_id=words.pop("id"), **words)

    def _on_night(self, verb: Callable[..., Series], kind: type[OccurrenceIn], request: Request) -> Response:
        row, words = self.get_object(), read(kind, request)
        if "reason" in words:
            words["reason"] = SkipReason(words["reason"])
        return tagged(self.shown(verb(series=row, by=self.membership, at=timezone.now(), **words)))

    def _again(self, row: Series, verb: Callable[..., Series], request: Request, **words: Any) -> Response:
        version = self.if_match(request)
        row = verb(series=row, by=self.membership, at=timezone.now(), expected_version=version, **words)
        return tagged(self.shown(row))
