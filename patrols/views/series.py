"""The coordinator's series: the nights that come again and again, each with its exceptions."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import occurrences, series, shifts
from patrols.forms.series import (
    ChangeSeriesForm,
    NewSeriesForm,
    OccurrenceForm,
    SkipForm,
    new_series,
    series_as_typed,
)
from patrols.models import Series, Shift
from patrols.queries import series as queries
from patrols.states.series import SkipReason
from patrols.views.acts import find, key_for, now, sentence
from rules.forms import PatientForm
from rules.refusals import Conflict, Invalid, Sentence


class SeriesList(DeskView):
    """What comes again and again."""

    allows = {"get": Permission.SHIFT_PLAN}
    template_name = "patrols/series_list.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.page(rows=list(queries.all_series(self.membership, now())))


class NewSeries(DeskView):
    """A series is planned: first its next nights are shown, then it is written."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/series_form.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.page(
            form=NewSeriesForm(initial=new_series(timezone.localdate()), membership=self.membership)
        )

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = NewSeriesForm(request.POST, membership=self.membership)
        if not form.is_valid():
            return self.page(form=form, status=422)
        do = self.write if "write" in request.POST else self.look
        try:
            return do(form)
        except Invalid as refusal:
            form.refuse(refusal)
        return self.page(form=form, status=422)

    def look(self, form: NewSeriesForm) -> HttpResponse:
        drafted = series.draft(by=self.membership, at=now(), **form.plan)
        return self.page(form=form, preview=queries.preview(drafted, now()))

    def write(self, form: NewSeriesForm) -> HttpResponse:
        """Write it. A form sent twice finds its series there already."""
        plan = form.plan
        same = {name: plan[name] for name in ("rule", "starts_on", "starts_time", "ends_time", "sector")}
        key = key_for(Series, self, form.cleaned_data["id"], **same)
        try:
            key = series.plan(by=self.membership, at=now(), series_id=key, **plan).pk
        except Conflict as refusal:
            if refusal.code != "id_reused":
                raise
        messages.success(self.request, str(_("Done: your neighbors can sign up for the next nights.")))
        return redirect("patrols:series", self.membership.organization.code, key)


class SeriesPage(DeskView):
    """One series: its next nights, each with what can be done, and those that no longer fit."""

    allows = {"get": Permission.SHIFT_PLAN}
    template_name = "patrols/series.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(find(Series, self, pk))

    def show(self, row: Series, refused: str = "", status: int = 200) -> HttpResponse:
        nights = queries.coming(row, now(), most=16)
        return self.page(
            status=status,
            series=row,
            nights=[night for night in nights if night.fits],
            misfits=queries.misfits(row, now()),
            reasons=SkipReason.choices,
            refused=refused,
        )


class NightButton(SeriesPage):
    """A button about one night of a series."""

    allows = {"post": Permission.SHIFT_PLAN}
    form: type[PatientForm] = OccurrenceForm
    done: Sentence = ""

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        row, form = find(Series, self, pk), self.form(request.POST)
        if not form.is_valid():
            return self.show(row, str(_("Choose one of the nights below.")), 422)
        try:
            self.act(row, **form.cleaned_data)
        except SHOWN as refusal:
            return self.show(find(Series, self, pk), sentence(refusal), 409)
        messages.success(request, str(self.done))
        return redirect("patrols:series", organization, pk)

    def act(self, row: Series, **words: Any) -> None:
        raise NotImplementedError


class Skip(NightButton):
    """Nobody goes out that night."""

    form = SkipForm
    done = _("Nobody goes out that night. Whoever signed up will be told.")

    def act(self, row: Series, **words: Any) -> None:
        occurrences.skip(series=row, by=self.membership, at=now(), **words)


class Restore(NightButton):
    """They go out after all."""

    done = _("That night is on again.")

    def act(self, row: Series, **words: Any) -> None:
        occurrences.restore(series=row, by=self.membership, at=now(), **words)


class Keep(NightButton):
    """A night takes place although the rule says otherwise."""

    done = _("That night stays as it is.")

    def act(self, row: Series, **words: Any) -> None:
        occurrences.keep(series=row, by=self.membership, at=now(), **words)


class End(SeriesPage):
    """No more nights."""

    allows = {"post": Permission.SHIFT_PLAN}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        row = find(Series, self, pk)
        try:
            series.end(series=row, by=self.membership, at=now())
        except SHOWN as refusal:
            return self.show(row, sentence(refusal), 409)
        messages.success(request, str(_("Ended. Nights with people stay until you decide.")))
        return redirect("patrols:series", organization, pk)


class ChangeSeries(DeskView):
    """One night, this one and the following, or all: asked in plain words."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/series_change.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        row = find(Series, self, pk)
        form = ChangeSeriesForm(initial=series_as_typed(row), membership=self.membership)
        return self.page(form=form, series=row, day=day_of(request))

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        row, form = find(Series, self, pk), ChangeSeriesForm(request.POST, membership=self.membership)
        if form.is_valid():
            changed = self.change(row, form, day_of(request))
            if changed is not None:
                messages.success(request, str(_("Changed. Whoever signed up will be told.")))
                return redirect("patrols:series", organization, changed.pk)
        return self.page(form=form, series=row, day=day_of(request), status=422)

    def change(self, row: Series, form: ChangeSeriesForm, day: date) -> Series | None:
        acts: dict[str, Callable[..., Series]] = {
            "this": self.this,
            "following": self.following,
            "all": self.all,
        }
        try:
            return acts[form.cleaned_data["scope"]](row, form, day)
        except SHOWN as refusal:
            form.refuse(refusal)
        return None

    def this(self, row: Series, form: ChangeSeriesForm, day: date) -> Series:
        nights = Shift.objects.visible_to(self.membership).filter(series_id=row.pk, occurrence_on=day)
        night = nights.first()
        if night is None:
            raise Invalid(
                {"scope": _("That night is not on the calendar yet: change it with the following.")}
            )
        shifts.change(shift=night, by=self.membership, at=now(), **form.night_on(day))
        return row

    def following(self, row: Series, form: ChangeSeriesForm, day: date) -> Series:
        version = form.cleaned_data["version"]
        return series.change_from(
            series=row,
            by=self.membership,
            at=now(),
            occurrence_on=day,
            expected_version=version,
            **form.plan,
        )

    def all(self, row: Series, form: ChangeSeriesForm, day: date) -> Series:
        version = form.cleaned_data["version"]
        return series.change(series=row, by=self.membership, at=now(), expected_version=version, **form.plan)


def day_of(request: HttpRequest) -> date:
    """The night the page was opened from."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()
