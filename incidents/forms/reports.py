"""What people type of a report, on the street and at the desk. No rule lives here: the verbs say what
is wrong."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from incidents import queries
from incidents.actions import moves, seen
from incidents.actions.seen import Place, Seen, Toggles
from incidents.models import Category, Group, Report
from incidents.models.reports import TOGGLES
from incidents.queries import pages
from incidents.states import Behavior, Confidentiality
from patrols.forms.shifts import FIRST_DAY, LAST_DAY
from places.forms import SectorChoice
from places.models import Sector
from rules.forms import OUT_OF_RANGE, PatientForm, moment_field

CALLING = [
    ("call_back", _("To ask how to find the place")),
    ("more_details", _("To ask what else was seen")),
    ("tell_outcome", _("To say what came of it")),
]
SEVERITIES = [("", _("Any")), ("5", "5"), ("4", _("4 or more")), ("3", _("3 or more")), ("2", _("2 or more"))]
Choices = list[tuple[Any, Any]]

if TYPE_CHECKING:
    ChoiceOfMembers = forms.ModelChoiceField[Membership]
else:
    ChoiceOfMembers = forms.ModelChoiceField


class MemberChoice(ChoiceOfMembers):
    """People of the desk by their alias."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.alias


class SeenForm(PatientForm):
    """What is going on: the four questions, and for unusual behavior what was seen being done."""

    is_in_progress = forms.BooleanField(label=_("Is it happening now?"), required=False)
    is_someone_hurt = forms.BooleanField(label=_("Is somebody hurt?"), required=False)
    has_weapon = forms.BooleanField(label=_("Is there a weapon?"), required=False)
    is_child_involved = forms.BooleanField(label=_("Is a child involved?"), required=False)
    behavior = forms.ChoiceField(
        label=_("What did you see being done?"),
        choices=Behavior.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("What somebody does, never how they look."),
        error_messages={"required": _("Choose what you saw being done.")},
    )
    has_consent = forms.BooleanField(
        label=_("Whoever it happened to agrees that I tell the exact place"), required=False
    )

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if category.asks_behavior:
            self.fields["behavior"].required = True
        else:
            del self.fields["behavior"]
        if not category.is_discreet:
            del self.fields["has_consent"]

    @property
    def toggles(self) -> dict[str, bool]:
        """The four answers."""
        return {name: self.cleaned_data[name] for name in TOGGLES}


class TellForm(SeenForm):
    """Where it was, what was seen, and who may know who says so. Its ids are drawn once: a second tap
    sends nothing."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    photo_id = forms.UUIDField(widget=forms.HiddenInput)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)
    occurred_at = moment_field(_("When?"))
    sector = SectorChoice(
        label=_("Sector"), queryset=Sector.objects.none(), required=False, empty_label=_("I do not know")
    )
    block = forms.CharField(label=_("Block (Mz.)"), max_length=seen.WORDS["block"], required=False)
    lot = forms.CharField(label=_("Lot (Lt.)"), max_length=seen.WORDS["lot"], required=False)
    street = forms.CharField(
        label=_("Street or passage"),
        max_length=seen.WORDS["street"],
        required=False,
        help_text=_("No number is needed."),
    )
    reference = forms.CharField(
        label=_("Near what?"),
        max_length=seen.WORDS["reference"],
        required=False,
        help_text=_("A shop, a school, a bus stop."),
    )
    text = forms.CharField(
        label=_("What did you see?"),
        max_length=seen.LONGEST,
        required=False,
        help_text=_("What you saw, not who you think it was."),
        error_messages={"required": _("Say in a few words what you saw.")},
        widget=forms.Textarea(attrs={"rows": 4, "data-watch": "numbers"}),
    )
    confidentiality = forms.ChoiceField(
        label=_("Who may know that it was you?"),
        choices=[choice for choice in Confidentiality.choices if choice[0] != Confidentiality.ANONYMOUS],
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        allow_empty_file=True,
        help_text=_("Of the thing or the place, not of people. Where it was taken is erased from it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, membership: Membership, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, category=category, **kwargs)
        self.fields["sector"].queryset = pages.sectors_of(membership)  # type: ignore[attr-defined]
        if category.asks_text:
            self.fields["text"].required = True

    @property
    def seen(self) -> Seen:
        """What was seen, as the verb takes it."""
        typed = self.cleaned_data
        told = {
            name: typed[name] for name in ("occurred_at", "text", "behavior", "has_consent") if name in typed
        }
        return Seen(**told, toggles=Toggles(**self.toggles))

    @property
    def place(self) -> Place:
        """Where, as the verb takes it."""
        typed = self.cleaned_data
        return Place(**{name: typed[name] for name in ("lat", "lon", "accuracy_m", *seen.WORDS)})

    @property
    def said(self) -> dict[str, Any]:
        """All that was said, ready for JSON: two taps of one form say the same."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in ("photo", "sector")}
        sector = self.cleaned_data["sector"]
        return typed | {"sector": sector.pk if sector else None}


class AddForm(PatientForm):
    """What whoever reported adds."""

    text = forms.CharField(
        label=_("What was wrong or missing?"),
        max_length=seen.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you sent stays. The desk reads this first."),
    )


class RetractForm(PatientForm):
    """Why it was not so."""

    text = forms.CharField(
        label=_("Do you want to say why?"),
        max_length=seen.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PhotoForm(PatientForm):
    """One more photo."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    photo = forms.FileField(
        label=_("Photo"),
        allow_empty_file=True,
        help_text=_("Of the thing or the place, not of people. Where it was taken is erased from it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class StepForm(PatientForm):
    """A step of the desk, and the version of the report it was decided on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class TriageForm(StepForm):
    """What the desk puts right when it reads a report."""

    category = forms.ChoiceField(label=_("Type"))
    is_in_progress = forms.BooleanField(label=_("Happening now"), required=False)
    is_someone_hurt = forms.BooleanField(label=_("Somebody hurt"), required=False)
    has_weapon = forms.BooleanField(label=_("A weapon"), required=False)
    is_child_involved = forms.BooleanField(label=_("A child involved"), required=False)

    def __init__(
        self, *args: Any, report: Report, catalog: list[tuple[Group, list[Category]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own = report.category
        offered: Choices = [
            (group.name, [(one.code, f"{one.code} · {one.name}") for one in types])
            for group, types in catalog
        ]
        codes = {code for _group, types in offered for code, _name in types}
        if own.code not in codes:  # its type is not offered any more, and may stay what it is
            offered.insert(0, (own.code, f"{own.code} · {own.name}"))
        self.fields["category"].choices = offered  # type: ignore[attr-defined]


class AssignForm(StepForm):
    """Who shall hold it."""

    member = MemberChoice(label=_("Give it to"), queryset=Membership.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = queries.handlers(membership)  # type: ignore[attr-defined]

    @property
    def words(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["member"]}


class NoteForm(StepForm):
    """A note for the desk alone."""

    text = forms.CharField(
        label=_("Note"),
        max_length=moves.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the desk alone. The reporter never sees it."),
    )


class AnswerForm(StepForm):
    """A word to whoever reported."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=moves.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reporter reads exactly this, signed by your municipality, not by you."),
    )


class EndForm(StepForm):
    """The end of it, with a last word if there is one."""

    answer = forms.CharField(
        label=_("A word to the reporter"),
        max_length=moves.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reporter reads exactly this, signed by your municipality, not by you."),
    )


class DuplicateForm(EndForm):
    """Which report says the same."""

    of = forms.UUIDField(label=_("Which one says the same?"))


class ContactForm(PatientForm):
    """Why somebody is called. It goes on record."""

    reason_code = forms.ChoiceField(label=_("Why do you call?"), choices=CALLING)


def day_field(label: Any) -> forms.DateField:
    """A day both databases can hold."""
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(FIRST_DAY, OUT_OF_RANGE), MaxValueValidator(LAST_DAY, OUT_OF_RANGE)],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class QueueForm(forms.Form):
    """What of the queue to show: codes and keys only, for they stand in the address."""

    severity = forms.ChoiceField(label=_("Severity"), required=False, choices=SEVERITIES)
    group = forms.ChoiceField(label=_("Group"), required=False)
    sector = SectorChoice(
        label=_("Sector"), queryset=Sector.objects.none(), required=False, empty_label=_("Any")
    )
    holder = MemberChoice(
        label=_("Who holds it"), queryset=Membership.objects.none(), required=False, empty_label=_("Anybody")
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))

    def __init__(self, *args: Any, membership: Membership, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every: Choices = [("", _("Any"))]
        self.fields["group"].choices = every + [(one.pk, one.name) for one in groups]  # type: ignore[attr-defined]
        self.fields["sector"].queryset = pages.sectors_of(membership)  # type: ignore[attr-defined]
        self.fields["holder"].queryset = queries.handlers(membership)  # type: ignore[attr-defined]
