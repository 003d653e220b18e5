"""What a crew types when it handed somebody over, and what the desk writes when it has read it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from incidents.actions import arrests
from incidents.actions.arrests import Told
from incidents.forms.reports import StepForm
from patrols.models import Patrol
from rules.forms import PatientForm, moment_field

YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]
REACHED = {"yes": True, "no": False}


def yes_or_no(label: Any, *, required: bool = True) -> forms.ChoiceField:
    """A question that has to be answered: nobody's silence counts as a no."""
    return forms.ChoiceField(
        label=label,
        required=required,
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer yes or no.")},
    )


class ArrestForm(PatientForm):
    """What was seen, and to whom the person was handed over. Its id is drawn once: a second tap sends
    nothing."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    patrol = forms.ChoiceField(label=_("On which patrol?"))
    caught_at = moment_field(_("When did it happen?"))
    seen = forms.CharField(
        label=_("What did you see being done, with your own eyes?"),
        max_length=arrests.LONGEST,
        help_text=_("Only what was done. No name, no DNI, no description of who it was."),
        error_messages={"required": _("Say in a few words what you saw.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    unit = forms.CharField(
        label=_("To which police did you hand the person over?"),
        max_length=arrests.LONGEST_UNIT,
        required=False,
        help_text=_("The station or the number of the patrol car, not an officer's name."),
    )
    handed_over_at = moment_field(_("At what time?"), required=False)
    is_not_handed_over = forms.BooleanField(
        label=_("The police have not come, or the person left before"), required=False
    )
    has_injuries = yes_or_no(_("Is anybody hurt? Whoever it is"))
    was_force_used = yes_or_no(_("Was force used?"))
    witnesses = forms.IntegerField(
        label=_("How many people saw it, besides the crew?"),
        min_value=0,
        max_value=arrests.MOST_WITNESSES,
        help_text=_("Only how many: 0 if nobody. Who they are, tell the police and nobody else."),
        error_messages={"required": _("Say how many saw it: none is 0, at most 99.")},
    )
    can_police_reach_witnesses = yes_or_no(
        _("If somebody saw it: do the police know how to reach them?"), required=False
    )

    def __init__(self, *args: Any, patrols: Sequence[Patrol], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patrols = {str(patrol.pk): patrol for patrol in patrols}
        choices = [(key, _name(patrol)) for key, patrol in self.patrols.items()]
        self.fields["patrol"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["patrol"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("is_not_handed_over"):
            return typed | {"unit": "", "handed_over_at": None}
        for name in ("unit", "handed_over_at"):
            if name not in self.errors and not typed.get(name):
                self.add_error(name, _("Say it, or mark that the police have not come."))
        return typed

    @property
    def outing(self) -> Patrol:
        """The one that was chosen, of those the form was made with."""
        return self.patrols[self.cleaned_data["patrol"]]

    @property
    def told(self) -> Told:
        """What was typed, as the verb takes it."""
        typed = self.cleaned_data
        return Told(
            has_injuries=typed["has_injuries"] == "yes",
            was_force_used=typed["was_force_used"] == "yes",
            witnesses=typed["witnesses"],
            can_police_reach_witnesses=REACHED.get(typed["can_police_reach_witnesses"]),
            **{name: typed[name] for name in ("caught_at", "seen", "handed_over_at", "unit")},
        )


class AddToArrestForm(PatientForm):
    """What the author adds."""

    text = forms.CharField(
        label=_("What was wrong or missing?"),
        max_length=arrests.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you sent stays. The municipality is told to read it again."),
    )


class ReviewForm(StepForm):
    """What the desk makes of it."""

    note = forms.CharField(
        label=_("What does the municipality do about it?"),
        max_length=arrests.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the desk alone: whom you called, what they confirmed. No names of who was held."),
    )


def _name(patrol: Patrol) -> str:
    began = timezone.localtime(patrol.started_at)
    return f"{date_format(began, 'D j M')} · {began:%H:%M} · {patrol.shift.sector.name}"
