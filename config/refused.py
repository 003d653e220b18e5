"""What the operator's commands about people share: whom they mean, and refusals as words of the
command line, naming the argument that brought what is wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from django.core.management.base import CommandError
from django.utils.translation import override

from accounts.models import Membership
from rules.refusals import Invalid, Refusal


@contextmanager
def naming_arguments(arguments: Mapping[str, str]) -> Iterator[None]:
    """Let an operator read a verb's refusal: in English as the rest of the command, field by field."""
    with override("en"):
        try:
            yield
        except Invalid as refusal:
            named = (f"{arguments.get(field, field)}: {words}" for field, words in refusal.fields.items())
            raise CommandError("\n".join(named)) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal.detail)) from refusal


def member(key: UUID, argument: str) -> Membership:
    """The membership an operator means."""
    found: Membership | None = Membership.objects.select_related("organization").filter(pk=key).first()
    if found is None:
        raise CommandError(f"{argument}: there is no membership with this id.")
    return found
