"""What is typed about who was there."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patrols.models import Shift
from patrols.states import Attendance, CorrectionReason
from rules.forms import PatientForm

JUDGED = [(one.value, one.label) for one in Attendance if one != Attendance.EXPECTED]
OWN_WORDS = [
    (Attendance.PRESENT.value, _("I was there the whole time")),
    (Attendance.LATE.value, _("I came, but late")),
    (Attendance.LEFT_EARLY.value, _("I came and left early")),
    (Attendance.EXCUSED.value, _("I said before that I could not come")),
]
OWN_REASONS = [
    (CorrectionReason.PHONE_FAILED.value, _("My phone did not work")),
    (CorrectionReason.HAS_NO_PHONE.value, _("I have no phone")),
    (CorrectionReason.TOLD_US.value, _("I told you before")),
    (CorrectionReason.SEEN_BY_CREW.value, _("The crew saw me")),
    (CorrectionReason.WRONG_TAP.value, _("Somebody tapped the wrong name")),
]


class CorrectForm(PatientForm):
    """What somebody's attendance really was, and why the record is wrong."""

    beside = {"moment": "time"}

    attendance = forms.ChoiceField(label=_("What really happened?"), choices=[("", _("Choose")), *JUDGED])
    time = forms.TimeField(
        label=_("At what time?"),
        required=False,
        help_text=_("Only if they came late or left early."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    reason_code = forms.ChoiceField(
        label=_("Why is the record wrong?"), choices=[("", _("Choose")), *CorrectionReason.choices]
    )

    def words(self, shift: Shift) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        typed = dict(self.cleaned_data)
        clock = typed.pop("time")
        return typed | {"moment": moment_of(shift, clock) if clock else None}


class ObjectForm(PatientForm):
    """What a member says of their own attendance."""

    claims = forms.ChoiceField(label=_("What really happened?"), choices=[("", _("Choose")), *OWN_WORDS])
    reason_code = forms.ChoiceField(
        label=_("Why is the record wrong?"), choices=[("", _("Choose")), *OWN_REASONS]
    )


def moment_of(shift: Shift, clock: time) -> datetime:
    """The moment of a night at which the clock in Lima shows this: a night goes past midnight."""
    begins = timezone.localtime(shift.starts_at - timedelta(hours=1))
    moment = datetime.combine(begins.date(), clock, begins.tzinfo)
    return moment if moment >= begins else moment + timedelta(days=1)
