"""What is typed about the roles of a night: at least and at most how many of each."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from patrols.actions.roles import Wish
from patrols.models import ShiftRole
from patrols.states import CrewRole
from rules.forms import PatientForm

LEAST, MOST = "least_", "most_"


class RolesForm(PatientForm):
    """Two numbers for each role; none at most is no such role."""

    beside = {f"roles.{kind}": f"{MOST}{kind}" for kind in CrewRole.values}
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CrewRole:
            self.fields[f"{LEAST}{kind}"] = _number(_("At least"))
            self.fields[f"{MOST}{kind}"] = _number(_("At most"))

    def pairs(self) -> list[tuple[Any, BoundField, BoundField]]:
        """Each role with its two fields, as the page shows them."""
        return [(kind.label, self[f"{LEAST}{kind}"], self[f"{MOST}{kind}"]) for kind in CrewRole]

    def wishes(self) -> list[Wish]:
        """The roles that were asked for."""
        typed = self.cleaned_data
        pairs = [(kind, typed[f"{LEAST}{kind}"] or 0, typed[f"{MOST}{kind}"] or 0) for kind in CrewRole]
        return [Wish(kind, least, most) for kind, least, most in pairs if least or most]


def _number(label: Any) -> forms.IntegerField:
    field = forms.IntegerField(label=label, min_value=0, max_value=99, required=False)
    field.widget.attrs["inputmode"] = "numeric"
    return field


def as_typed(roles: Iterable[ShiftRole]) -> dict[str, int]:
    """The form as the roles stand."""
    found: dict[str, int] = {}
    for role in roles:
        found |= {f"{LEAST}{role.kind}": role.minimum, f"{MOST}{role.kind}": role.maximum}
    return found
