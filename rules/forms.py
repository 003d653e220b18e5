"""What every form of ours does with a refusal."""

from django import forms

from rules.refusals import Invalid, Refusal


class PatientForm(forms.Form):
    """A form that shows a verb's refusal beside the field it names and keeps what was typed."""

    beside: dict[str, str] = {}

    def refuse(self, refusal: Refusal) -> None:
        """Put each sentence where its field is; what has no field here stands on top."""
        if not isinstance(refusal, Invalid):
            self.add_error(None, str(refusal.detail))
            return
        for name, sentence in refusal.fields.items():
            shown = self.beside.get(name, name)
            self.add_error(shown if shown in self.fields else None, str(sentence))
