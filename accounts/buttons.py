"""A button: finds its row, calls one verb, says what came of it, and leads back to a page."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.doors import DeskView
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Refusal, Sentence, Stale

SHOWN = (Conflict, IllegalMove, Invalid, Stale)


class Button(DeskView):
    """One verb behind one button. A second tap finds the thing done and says nothing bad."""

    done: ClassVar[Sentence] = ""
    leads_to: ClassVar[tuple[str, ...]] = ()
    app: ClassVar[str]
    model: ClassVar[Any]
    row: Any

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        self.row = find(self.model, self, pk)
        refusal = self.attempt()
        if refusal is None and self.done:
            messages.success(request, str(self.done))
        elif refusal is not None:
            messages.error(request, sentence(refusal))
        return redirect(self.back())

    def attempt(self) -> Refusal | None:
        """Do it; answer why not, unless it turns out to be done already."""
        try:
            self.act()
        except SHOWN as refusal:
            return None if self.is_done() else refusal
        return None

    def is_done(self) -> bool:
        """Whether an earlier tap brought the row where this button leads."""
        self.row.refresh_from_db(fields=["status"])
        return self.row.status in self.leads_to

    def act(self) -> None:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def url(self, route: str, *args: Any) -> str:
        return reverse(f"{self.app}:{route}", args=[self.membership.organization.code, *args])


def find(model: Any, view: DeskView, pk: UUID) -> Any:
    """Find a row this member may see; for strangers there is none."""
    row = model.objects.visible_to(view.membership).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def keys_in(texts: Iterable[str]) -> list[UUID]:
    """The keys among what a page sent back; what is no key is nobody's."""
    keys = []
    for text in texts:
        with suppress(ValueError):
            keys.append(UUID(text))
    return keys


def typed(rows: Any, text: str) -> Any:
    """The one of these rows whose key a page sent back, or none."""
    return rows.filter(pk__in=keys_in([text])).first()


def key_for(model: Any, view: DeskView, key: UUID | None, **written: Any) -> UUID | None:
    """The form's own key, so that a second tap writes nothing; or a new one when somebody went
    back and filled the form in again with something else."""
    earlier = model.objects.visible_to(view.membership).filter(pk=key)
    return uuid4() if earlier.exclude(**written).exists() else key


def sentence(refusal: Refusal) -> str:
    """What to tell the person: the field's own sentence where there is one."""
    if isinstance(refusal, Invalid) and refusal.fields:
        return " ".join(str(detail) for detail in refusal.fields.values())
    return str(refusal.detail)


now = timezone.now
