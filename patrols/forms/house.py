"""What is typed about the board's own hours, and about a district that stays at home."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.actions.house import LIMITS
from patrols.models import BoardRules
from patrols.states import StayHomeReason
from rules.forms import PatientForm, moment_field


def number(name: str, label: Any, why: Any) -> forms.IntegerField:
    """A whole number, with what it is for."""
    least, most = LIMITS[name]
    field = forms.IntegerField(label=label, min_value=0, max_value=9999, help_text=why)
    field.widget.attrs |= {"min": least, "max": most, "inputmode": "numeric"}
    return field


class RulesForm(PatientForm):
    """The hours a board lives by."""

    rest_hours = number(
        "rest_hours",
        _("Hours of rest between two patrols"),
        _("Whoever comes home late sleeps before going out again. From 0 to 48."),
    )
    withdraw_until_hours = number(
        "withdraw_until_hours",
        _("Hours before the start until which one may leave without a mark"),
        _("Later one may still leave: it is noted, and you hear at once. From 0 to 72."),
    )
    opens_days_before = number(
        "opens_days_before",
        _("Days before a patrol on which the list opens"),
        _("0: as soon as it is published. From 0 to 60."),
    )
    closes_hours_before = number(
        "closes_hours_before",
        _("Hours before the start at which the list closes"),
        _("0: when it starts. You can still add somebody. From 0 to 24."),
    )
    answer_minutes = number(
        "answer_minutes",
        _("Minutes to answer when a place is offered"),
        _("Then it goes to the next in line. From 15 to 1440, which is a day."),
    )
    check_in_minutes = number(
        "check_in_minutes",
        _("Minutes between two signs that a crew is well"),
        _("If none comes, the alarm begins: first their own phone. From 10 to 120."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def as_typed(rules: BoardRules) -> dict[str, Any]:
    """The form as the rules stand."""
    return {name: getattr(rules, name) for name in (*LIMITS, "version")}


class StayHomeForm(PatientForm):
    """Why, from when and until when nobody of the district goes out."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=StayHomeReason.choices,
        help_text=_("Everybody of the boards reads this word, and no more."),
    )
    starts_at = moment_field(_("From"), required=False, help_text=_("Left empty: from now on."))
    ends_at = moment_field(_("Until"), help_text=_("Two weeks at most. You can end it earlier."))
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
