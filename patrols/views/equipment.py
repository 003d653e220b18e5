"""A board's things: the coordinator's register, and what a crew takes along and brings back."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import equipment
from patrols.forms.equipment import ItemForm
from patrols.models import EquipmentItem, Loan
from patrols.queries import equipment as queries
from patrols.queries import pages
from patrols.states import Condition, LossReason
from patrols.views.acts import PatrolButton, PatrolsButton, keys_in, now, typed
from rules.refusals import Conflict, Invalid, NotFound


class Register(DeskView):
    """Everything the board has, and who has it now."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/equipment.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.show(ItemForm(initial={"id": uuid4()}))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = ItemForm(request.POST)
        if form.is_valid() and self.register(form):
            messages.success(request, str(_("It is on the register.")))
            return redirect("patrols:equipment", organization)
        return self.show(form, status=422)

    def register(self, form: ItemForm) -> bool:
        try:
            equipment.register(by=self.membership, at=now(), **form.thing)
        except Invalid as refusal:
            earlier = EquipmentItem.objects.visible_to(self.membership).filter(pk=form.cleaned_data["id"])
            if not earlier.filter(label=form.cleaned_data["label"].strip()).exists():  # else: a second tap
                form.refuse(refusal)
        except Conflict:
            form.add_error(None, str(_("This was written down already. Look at the list.")))
        return not form.errors

    def show(self, form: ItemForm, status: int = 200) -> HttpResponse:
        members = Membership.objects.active().filter(organization_id=self.membership.organization_id)
        return self.page(
            status=status,
            form=form,
            items=queries.register(self.membership, now()),
            members=members.order_by("alias", "pk"),
            reasons=LossReason.choices,
        )


class ItemButton(PatrolsButton):
    """A button beside one thing of the register."""

    model = EquipmentItem

    def back(self) -> str:
        return self.url("equipment")

    def is_done(self) -> bool:
        return False


class Lend(ItemButton):
    """Give it to one person."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Lent: it stands beside the name.")

    def act(self) -> None:
        members = Membership.objects.active().filter(organization_id=self.membership.organization_id)
        member = typed(members, self.request.POST.get("member", ""))
        if member is None:
            raise Invalid({"member": _("Choose one from the list.")})
        equipment.lend(item=self.row, by=self.membership, at=now(), member=member)


class Retire(ItemButton):
    """Off the register."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("It is off the register.")

    def act(self) -> None:
        equipment.retire(item=self.row, by=self.membership, at=now())


class Found(ItemButton):
    """It is there again."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Good: it can be lent again.")

    def act(self) -> None:
        equipment.find_again(item=self.row, by=self.membership, at=now())


class LoanButton(PatrolsButton):
    """A button beside what is out: on the crew's page, and on the register."""

    model = Loan

    def back(self) -> str:
        patrol = pages.running(self.membership)
        if patrol is not None and patrol.pk == self.row.patrol_id:
            return self.url("outing", patrol.pk)
        return self.url("equipment") if self.membership.may(Permission.SHIFT_PLAN) else self.url("mine")

    def is_done(self) -> bool:
        return False


class Back(LoanButton):
    """It came back."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        condition = self.request.POST.get("condition", Condition.GOOD)
        equipment.take_back(loan=self.row, by=self.membership, at=now(), condition=condition)


class Lost(LoanButton):
    """It did not come back, and why."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Noted: your coordinator sees it.")

    def act(self) -> None:
        reason = self.request.POST.get("loss_reason", "")
        equipment.take_back(
            loan=self.row, by=self.membership, at=now(), condition=Condition.LOST, loss_reason=reason
        )


class Take(PatrolButton):
    """The crew takes a thing along."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        items = EquipmentItem.objects.visible_to(self.membership).filter(retired_at=None)
        item = typed(items, self.request.POST.get("item", ""))
        if item is None:
            raise NotFound
        equipment.lend(item=item, by=self.membership, at=now(), patrol=self.row)

    def is_done(self) -> bool:
        """A second tap finds it with this crew."""
        keys = keys_in([self.request.POST.get("item", "")])
        return queries.with_crew(self.row, self.membership).filter(item_id__in=keys).exists()
