"""What people type about programs. No rule lives here: the verbs say what is wrong."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from programs.actions import cohorts, programs, sessions
from programs.actions.reading import LONGEST_NAME, Person, Responsible
from programs.models import Cohort, Guardian, Program, Session
from programs.states import DocumentKind, EndReason, Language, ReadingReason, Relationship
from rules.forms import PatientForm

# Days that, in any time zone, both databases can hold.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2099, 12, 31)
AS_WRITTEN_HERE = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%Y-%m-%d"]
if TYPE_CHECKING:
    ChoiceOfMembers = forms.ModelChoiceField[Membership]
    ChoiceOfGuardians = forms.ModelChoiceField[Guardian]
else:
    ChoiceOfMembers = ChoiceOfGuardians = forms.ModelChoiceField


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day chosen from the phone's own calendar."""
    return forms.DateField(
        label=label,
        validators=[
            MinValueValidator(FIRST_DAY, _("That date is out of range.")),
            MaxValueValidator(LAST_DAY, _("That date is out of range.")),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **options,
    )


def number_field(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=32767, **options)


class ProgramForm(PatientForm):
    """What a program is called and for whom it is."""

    name = forms.CharField(label=_("Name"), max_length=programs.NAME)
    age_from = number_field(_("From age"))
    age_to = number_field(_("To age"))
    description = forms.CharField(
        label=_("What is it about?"),
        max_length=programs.DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CohortForm(PatientForm):
    """When a run of a program is, and how many seats it has."""

    name = forms.CharField(
        label=_("Name"), max_length=cohorts.NAME, help_text=_("For example the months, or the group.")
    )
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    capacity = number_field(_("Seats"), help_text=_("Whoever comes later waits in line."))
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class LeaderChoice(ChoiceOfMembers):
    """Members by the name they go by."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.alias


class SessionForm(PatientForm):
    """A session: the day, from when to when, where, who leads it, and for how many weeks."""

    beside = {"starts_at": "starts_on", "ends_at": "ends_time"}

    starts_on = day_field(_("Day"))
    starts_time = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends_time = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    place = forms.CharField(label=_("Place"), max_length=sessions.PLACE)
    facilitator = LeaderChoice(
        label=_("Who leads it and keeps the list"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose"),
    )
    weeks = number_field(_("For how many weeks"), help_text=_("One week after another, on the same day."))
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, repeats: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Membership.objects.filter(organization_id=membership.organization_id)
        leaders = ours.with_permission(Permission.ATTENDANCE_MARK).order_by("alias")
        self.fields["facilitator"].queryset = leaders  # type: ignore[attr-defined]
        if not repeats:
            del self.fields["weeks"]

    @property
    def plan(self) -> dict[str, Any]:
        """What was typed, as the verbs take it: two moments instead of a day and two times."""
        typed, zone = self.cleaned_data, timezone.get_default_timezone()
        plan = {name: typed[name] for name in ("place", "facilitator", "weeks") if name in typed}
        return plan | {
            "starts_at": datetime.combine(typed["starts_on"], typed["starts_time"], zone),
            "ends_at": datetime.combine(typed["starts_on"], typed["ends_time"], zone),
        }


class PersonForm(PatientForm):
    """What is written down of a young person. Dates as people write them here: 29/02/2016."""

    given_names = forms.CharField(label=_("Given names"), max_length=LONGEST_NAME)
    family_names = forms.CharField(label=_("Family names"), max_length=LONGEST_NAME)
    birth_on = forms.DateField(
        label=_("Date of birth"),
        input_formats=AS_WRITTEN_HERE,
        help_text=_("Day, month, year: 29/02/2012"),
        error_messages={"invalid": _("Write it like this: 29/02/2012")},
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"placeholder": _("dd/mm/yyyy"), "autocomplete": "off"}
        ),
    )
    document_kind = forms.ChoiceField(
        label=_("Document"), choices=DocumentKind.choices, initial=DocumentKind.DNI
    )
    document = forms.CharField(label=_("Document number"), max_length=20, required=False)
    phone = forms.CharField(
        label=_("Their own phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language at home"), choices=Language.choices, initial=Language.SPANISH
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def person(self) -> Person:
        typed = self.cleaned_data
        names = ("given_names", "family_names", "birth_on", "document_kind", "document", "phone", "language")
        return Person(**{name: typed[name] for name in names})


class GuardianForm(PatientForm):
    """The grown-up who answers for somebody under 18."""

    guardian_full_name = forms.CharField(label=_("Full name"), max_length=LONGEST_NAME, required=False)
    guardian_relationship = forms.ChoiceField(
        label=_("What they are"), choices=[("", _("Choose")), *Relationship.choices], required=False
    )
    guardian_phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    guardian_document = forms.CharField(label=_("Document number"), max_length=20, required=False)

    @property
    def guardian(self) -> Responsible | None:
        """Nobody where the fields were left empty."""
        names = ("full_name", "relationship", "phone", "document")
        typed = {name: self.cleaned_data[f"guardian_{name}"] for name in names}
        return Responsible(**typed) if any(typed.values()) else None


class RegisterForm(PersonForm, GuardianForm):
    """A young person with their guardian."""

    beside = {"guardian": "guardian_full_name"}

    id = forms.UUIDField(widget=forms.HiddenInput)


class SearchForm(PatientForm):
    """Whom to look for. It travels in the body, never in the address."""

    name = forms.CharField(
        label=_("Name"),
        max_length=160,
        required=False,
        help_text=_("One or more whole words of the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    document = forms.CharField(
        label=_("or document number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReadingForm(PatientForm):
    """Why somebody opens names."""

    reason_code = forms.ChoiceField(
        label=_("Why do you open them?"), choices=[("", _("Choose")), *ReadingReason.choices]
    )


class EndForm(PatientForm):
    """Why staff end an enrollment."""

    reason_code = forms.ChoiceField(label=_("Why?"), choices=[("", _("Choose")), *EndReason.choices])


class GuardianChoice(ChoiceOfGuardians):
    """Guardians by what they are: their names stay sealed."""

    def label_from_instance(self, obj: Guardian) -> str:
        return str(obj.get_relationship_display())


class AnswerForm(PatientForm):
    """What was answered when a consent was asked for."""

    guardian = GuardianChoice(
        label=_("Which guardian answered"), queryset=Guardian.objects.none(), required=False, empty_label="—"
    )
    is_assented = forms.BooleanField(label=_("The young person agrees too"), required=False)
    valid_until = day_field(_("Good until"), required=False, help_text=_("Empty: a year from today."))

    def __init__(self, *args: Any, guardians: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guardian"].queryset = guardians  # type: ignore[attr-defined]


def new_row(**words: Any) -> dict[str, Any]:
    """What an empty form begins with, its row named once and for all."""
    return {"id": uuid4(), **words}


def cohort_of_four_months(today: date) -> dict[str, Any]:
    return new_row(starts_on=today, ends_on=today + timedelta(days=120), capacity=20)


def program_as_typed(program: Program) -> dict[str, Any]:
    return {name: getattr(program, name) for name in ("name", "age_from", "age_to", "description", "version")}


def cohort_as_typed(cohort: Cohort) -> dict[str, Any]:
    return {name: getattr(cohort, name) for name in ("name", "starts_on", "ends_on", "capacity", "version")}


def session_as_typed(session: Session) -> dict[str, Any]:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    typed = {name: getattr(session, name) for name in ("place", "facilitator", "version")}
    return typed | {"starts_on": starts.date(), "starts_time": starts.time(), "ends_time": ends.time()}
