"""What is typed to ask for a swap: whom, and what for."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.models import Shift
from patrols.queries.swaps import fellows, nights_to_want
from rules.days import clock, short_day
from rules.forms import PatientForm

if TYPE_CHECKING:
    ChoiceOfMembers = forms.ModelChoiceField[Membership]
    ChoiceOfNights = forms.ModelChoiceField[Shift]
else:
    ChoiceOfMembers = ChoiceOfNights = forms.ModelChoiceField


class FellowChoice(ChoiceOfMembers):
    """Members by the name others know."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.alias


class NightChoice(ChoiceOfNights):
    """Nights by when and where about."""

    def label_from_instance(self, obj: Shift) -> str:
        return f"{short_day(obj.starts_at)} · {clock(obj.starts_at)}–{clock(obj.ends_at)} · {obj.sector.name}"


class SwapForm(PatientForm):
    """Whom to ask, and the night one would take for it, if any."""

    member = FellowChoice(
        label=_("Who should take your place"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose"),
        help_text=_("Talk to them first: a word between neighbors is worth more than a message."),
    )
    wanted = NightChoice(
        label=_("In exchange, you go on their night"),
        queryset=Shift.objects.none(),
        required=False,
        empty_label=_("Nothing in exchange"),
        help_text=_("We do not show who goes on which night: ask them which one is theirs."),
    )
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["id"] = uuid4()
        self.fields["member"].queryset = fellows(membership)  # type: ignore[attr-defined]
        self.fields["wanted"].queryset = nights_to_want(membership, at)  # type: ignore[attr-defined]
