"""The spots a board wants visited: named, pinned, given a sheet to hang up, retired."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN, Button, find, key_for, now
from accounts.doors import DeskView
from accounts.qr import drawn
from accounts.roles import Permission
from places import actions
from places.forms import PointForm, new_point, point_as_typed
from places.models import PriorityPoint
from places.views.territory import background
from rules.forms import PatientForm
from rules.refusals import Conflict, Invalid


class Points(DeskView):
    """Every spot in use, and those that were."""

    allows = {"get": Permission.PLACES_MARK}
    template_name = "places/points.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        ours = PriorityPoint.objects.visible_to(self.membership).select_related("sector")
        points = list(ours.defer("sector__boundary").order_by("sector__name", "name", "pk"))
        return self.page(
            points=[point for point in points if point.retired_at is None],
            retired=[point for point in points if point.retired_at is not None],
        )


class PointPage(DeskView):
    """The form of a point, with a map where there is JavaScript."""

    template_name = "places/point_form.html"

    def shown(self, form: PatientForm, status: int = 200, point: PriorityPoint | None = None) -> HttpResponse:
        return self.page(status, form=form, point=point, **background(self.membership.organization.code))


class NewPoint(PointPage):
    """One more spot."""

    allows = {"get": Permission.PLACES_MARK, "post": Permission.PLACES_MARK}

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.shown(PointForm(initial=new_point(), membership=self.membership))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = PointForm(request.POST, membership=self.membership)
        if form.is_valid() and self.mark(form):
            messages.success(request, str(_("The point is marked. Print its sheet and hang it up.")))
            return redirect("places:points", organization)
        return self.shown(form, 422)

    def mark(self, form: PointForm) -> bool:
        """Mark it. A form sent twice finds its point there already."""
        key = key_for(PriorityPoint, self, form.cleaned_data["id"], **form.told)
        ours: dict[str, Any] = {"organization_id": self.membership.organization_id, "point_id": key}
        try:
            actions.mark_point(by=self.membership, **ours, **form.told)
        except Invalid as refusal:
            form.refuse(refusal)
            return False
        except Conflict as refusal:
            if refusal.code != "id_reused":
                raise
        return True


class ChangePoint(PointPage):
    """The same form again, for a spot that is there."""

    allows = {"get": Permission.PLACES_MARK, "post": Permission.PLACES_MARK}

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        point = find(PriorityPoint, self, pk)
        form = PointForm(initial=point_as_typed(point), membership=self.membership)
        return self.shown(form, point=point)

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        point = find(PriorityPoint, self, pk)
        form = PointForm(request.POST, membership=self.membership)
        if form.is_valid() and self.change(point, form):
            messages.success(request, str(_("Changed. What was visited before stays visited.")))
            return redirect("places:points", organization)
        return self.shown(form, 422, point)

    def change(self, point: PriorityPoint, form: PointForm) -> bool:
        version = form.cleaned_data["version"]
        try:
            actions.move_point(point=point, by=self.membership, expected_version=version, **form.told)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors


class PointButton(Button):
    """A button about a spot."""

    app, model = "places", PriorityPoint

    def is_done(self) -> bool:
        return False

    def back(self) -> str:
        return self.url("points")


class Retire(PointButton):
    """Visit it no more."""

    allows = {"post": Permission.PLACES_MARK}
    done = _("Retired: crews are not led there any more. Take its sheet down.")

    def act(self) -> None:
        actions.retire_point(point=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        self.row.refresh_from_db(fields=["retired_at"])
        return self.row.retired_at is not None


class Renew(PointButton):
    """A photo of the sheet was going around: make it void."""

    allows = {"post": Permission.PLACES_MARK}
    done = _("Its old sheets are void. Print the new one and hang it up.")

    def act(self) -> None:
        actions.renew_code(point=self.row, by=self.membership)

    def back(self) -> str:
        return self.url("sheet", self.row.pk)


class Sheet(DeskView):
    """The sheet of one spot, to print."""

    allows = {"get": Permission.PLACES_MARK}
    template_name = "places/sheets.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.shown([find(PriorityPoint, self, pk)])

    def shown(self, points: list[PriorityPoint]) -> HttpResponse:
        """Each on a page of its own: its label, and what only a crew that is out can use."""
        door = settings.SITE_URL + reverse("patrols:here", args=[self.membership.organization.code])
        sheets = [
            (point, drawn(f"{door}?c={point.code}", fits=True)) for point in points if not point.retired_at
        ]
        return self.page(sheets=sheets)


class Sheets(Sheet):
    """All of them, to print at once."""

    allows = {"get": Permission.PLACES_MARK}

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:  # type: ignore[override]
        points = PriorityPoint.objects.in_use().visible_to(self.membership)
        return self.shown(list(points.order_by("name", "pk")))
