"""Reading what people write."""

from django.utils.translation import gettext_lazy as _

from rules.refusals import Invalid


def check_text(name: str, text: str, longest: int = 200) -> str:
    """Read a sentence somebody must write."""
    text = text.strip()
    if not text or len(text) > longest:
        raise Invalid({name: _("Write something short here.")})
    return text
