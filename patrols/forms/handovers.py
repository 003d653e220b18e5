"""What is typed for the next crew."""

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.actions.handovers import LONGEST_LINE, MOST_LINES
from rules.forms import PatientForm


class HandoverForm(PatientForm):
    """A note, one line for each thing. Its id is drawn once, so that a second tap writes nothing."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    lines = forms.CharField(
        label=_("For the next crew"),
        max_length=MOST_LINES * (LONGEST_LINE + 2),
        help_text=_("One line for each thing that waits. What and where, never who."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_lines(self) -> list[str]:
        """Each line that says something."""
        return [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
