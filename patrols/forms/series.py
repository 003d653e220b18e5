"""What is typed about series: ticks and two hours, never a rule."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.dates import WEEKDAYS as NAMES
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from patrols.forms.shifts import NightForm
from patrols.models import Series
from patrols.states import PatrolKind
from patrols.states.recurrence import WEEKDAYS, Frequency, Rule
from patrols.states.series import SkipReason
from rules.forms import PatientForm

# Django's own names: ours would stand in every sentence too, and there Spanish begins them small.
DAYS = list(zip(WEEKDAYS, map(lazy(capfirst, str), NAMES.values()), strict=True))
SCOPES = [
    ("this", _("Only this night")),
    ("following", _("This night and all that follow")),
    ("all", _("All nights to come")),
]
NIGHT = ("sector", "meeting_point", "minimum_crew", "capacity")


class SeriesForm(NightForm):
    """Which days, from when to when, where, and how many. A rule that ticks cannot say is left as it is
    when no day is ticked."""

    beside = {"rule": "weekdays"}
    field_order = ("weekdays", "interval", "starts_on", "ends_on")

    weekdays = forms.MultipleChoiceField(
        label=_("On which days"), choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    interval = forms.IntegerField(
        label=_("Every how many weeks"), min_value=1, max_value=52, initial=1, help_text=_("1 is every week.")
    )
    starts_on = forms.DateField(
        label=_("From day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    skips_holidays = forms.BooleanField(label=_("Nobody goes out on national holidays"), required=False)
    weeks_ahead = forms.IntegerField(
        label=_("How many weeks ahead"),
        min_value=1,
        max_value=26,
        help_text=_("So far ahead can neighbors sign up."),
    )

    @property
    def plan(self) -> dict[str, Any]:
        """What was typed, as the verbs take it."""
        typed = self.cleaned_data
        names = (*NIGHT, "starts_time", "ends_time", "ends_on", "skips_holidays", "weeks_ahead")
        plan = {name: typed[name] for name in names} | {"kind": PatrolKind(typed["kind"])}
        ticked = tuple((0, WEEKDAYS.index(day)) for day in typed["weekdays"])
        if ticked:
            plan["rule"] = str(Rule(Frequency.WEEKLY, typed["interval"], ticked))
        return plan


class NewSeriesForm(SeriesForm):
    """A series must say on which days, and from when on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].required = self.fields["starts_on"].required = True

    @property
    def plan(self) -> dict[str, Any]:
        return super().plan | {"starts_on": self.cleaned_data["starts_on"]}


class ChangeSeriesForm(SeriesForm):
    """The same again, and for which nights it counts."""

    scope = forms.ChoiceField(
        label=_("For which nights?"), choices=SCOPES, widget=forms.RadioSelect, initial="this"
    )

    def night_on(self, day: date) -> dict[str, Any]:
        """What was typed, as one night takes it."""
        hours = Series(starts_time=self.cleaned_data["starts_time"], ends_time=self.cleaned_data["ends_time"])
        starts_at, ends_at = hours.hours_on(day)
        night = {name: self.cleaned_data[name] for name in NIGHT}
        return night | {
            "kind": PatrolKind(self.cleaned_data["kind"]),
            "starts_at": starts_at,
            "ends_at": ends_at,
        }


class SkipForm(PatientForm):
    """Why nobody goes out on one night."""

    occurrence_on = forms.DateField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why?"), choices=SkipReason.choices)


class OccurrenceForm(PatientForm):
    """Which night of a series."""

    occurrence_on = forms.DateField(widget=forms.HiddenInput)


def new_series(today: date) -> dict[str, Any]:
    """What an empty form begins with."""
    return {
        "id": uuid4(),
        "starts_on": today,
        "starts_time": "21:00",
        "ends_time": "00:00",
        "interval": 1,
        "minimum_crew": 2,
        "capacity": 6,
        "weeks_ahead": 4,
    }


def series_as_typed(series: Series) -> dict[str, Any]:
    """A series as its form shows it; days are ticked where ticks can say the rule."""
    names = (*NIGHT, "kind", "starts_on", "ends_on", "starts_time", "ends_time")
    typed = {name: getattr(series, name) for name in (*names, "skips_holidays", "weeks_ahead", "version")}
    rule = series.read_rule
    weekly = rule.frequency == Frequency.WEEKLY
    ticked = [WEEKDAYS[day] for _nth, day in rule.weekdays] if weekly else []
    return typed | {"weekdays": ticked, "interval": rule.interval if weekly else 1, "scope": "this"}
