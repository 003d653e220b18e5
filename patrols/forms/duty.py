"""What is typed about the desk's roster."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.forms.shifts import clock_time, first_day, moments_of
from patrols.queries.duty import colleagues
from rules.forms import PatientForm

if TYPE_CHECKING:
    ChoiceOfPeople = forms.ModelChoiceField[Membership]
else:
    ChoiceOfPeople = forms.ModelChoiceField


class PersonChoice(ChoiceOfPeople):
    """People of the desk by the alias that crews read."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.alias


class TurnForm(PatientForm):
    """Who is on duty: the day, from when to when."""

    beside = {"starts_at": "starts_on", "ends_at": "ends_time"}

    starts_on = first_day()
    starts_time = clock_time(_("From"))
    ends_time = clock_time(_("Until"), help_text=_("After midnight counts as the next day."))
    member = PersonChoice(label=_("Who answers"), queryset=Membership.objects.none(), empty_label=_("Choose"))
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = colleagues(membership)  # type: ignore[attr-defined]

    @property
    def turn(self) -> dict[str, Any]:
        """What was typed, as the verb takes it: two moments instead of a day and two times."""
        starts_at, ends_at = moments_of(self.cleaned_data)
        return {"member": self.cleaned_data["member"], "starts_at": starts_at, "ends_at": ends_at}


def new_turn(member: Membership, day: date, hours: tuple[str, str]) -> dict[str, Any]:
    """What an empty form begins with, named once and for all."""
    starts, ends = hours
    return {
        "id": uuid4(),
        "starts_on": day,
        "starts_time": starts,
        "ends_time": ends,
        "member": member.pk,
    }


class PageForm(forms.Form):
    """Where the next page begins: after the alarm with this key."""

    before = forms.UUIDField(required=False)
