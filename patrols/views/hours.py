"""One's own hours, hours on paper, and the check that anybody can make."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import limits
from accounts.buttons import SHOWN
from accounts.doors import DeskView, PublicView
from accounts.qr import drawn
from accounts.roles import Permission
from patrols.actions import certificates
from patrols.forms.certificates import AskCertificateForm, HoursCodeForm
from patrols.models import HoursCertificate
from patrols.queries import certificates as queries
from patrols.queries import hours
from patrols.views.acts import PatrolsButton, now
from rules.refusals import NotFound

MOST = 100


class OwnHours(DeskView):
    """My hours by month, each night, and the certificates of them."""

    allows = {"get": Permission.PATROL_RUN, "post": Permission.PATROL_RUN}
    template_name = "patrols/hours.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        today = timezone.localdate()
        return self.show(
            AskCertificateForm(initial={"from_on": today.replace(month=1, day=1), "to_on": today})
        )

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = AskCertificateForm(request.POST)
        if form.is_valid() and self.ask(form):
            messages.success(request, str(_("Asked. Your coordinator signs it, and you find it here.")))
            return redirect("patrols:hours", organization)
        return self.show(form, status=422)

    def ask(self, form: AskCertificateForm) -> bool:
        try:
            certificates.ask(by=self.membership, at=now(), **form.cleaned_data)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors

    def show(self, form: AskCertificateForm, status: int = 200) -> HttpResponse:
        mine = HoursCertificate.objects.visible_to(self.membership).filter(membership_id=self.membership.pk)
        return self.page(
            status=status,
            months=hours.months_of(self.membership),
            total=hours.total_of(self.membership),
            certificates=mine.order_by("-requested_at", "-pk")[:MOST],
            form=form,
        )


class Certificates(DeskView):
    """Who asked for hours on paper, those that wait first."""

    allows = {"get": Permission.PATROL_REVIEW}
    template_name = "patrols/certificates.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        ours = HoursCertificate.objects.visible_to(self.membership).select_related("membership")
        return self.page(
            waiting=ours.filter(issued_at=None).order_by("requested_at", "pk")[:MOST],
            issued=ours.exclude(issued_at=None).order_by("-issued_at", "-pk")[:MOST],
        )


class Certificate(DeskView):
    """One certificate, as it is printed. Its name stands on this paper alone."""

    allows = {"get": Permission.PATROL_VIEW}
    template_name = "patrols/certificate.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        ours = HoursCertificate.objects.visible_to(self.membership)
        certificate: Any = find_with_names(ours, pk)
        reads = self.membership.may(Permission.PATROL_REVIEW)
        response = self.page(
            certificate=certificate,
            is_mine=certificate.membership_id == self.membership.pk,
            may_issue=reads and not certificate.issued_at and certificate.membership_id != self.membership.pk,
            may_revoke=reads and certificate.is_valid,
            walked=queries.walked(certificate),
            **self.check_of(certificate),
        )
        response["Cache-Control"] = "private, no-store"
        return response

    def check_of(self, certificate: HoursCertificate) -> dict[str, Any]:
        """The code, and where anybody can check it: in the address's fragment, which no server reads."""
        if certificate.issued_at is None:
            return {}
        code = queries.code_of(certificate)
        check = self.request.build_absolute_uri(reverse("patrols-public:hours"))
        return {"code": f"{code[:4]}-{code[4:]}", "check": check, "qr": drawn(f"{check}#{code}")}


def find_with_names(rows: Any, pk: UUID) -> HoursCertificate:
    """The certificate with the people it names; a stranger finds none."""
    found = rows.select_related("membership__user", "issued_by", "organization").filter(pk=pk).first()
    if found is None:
        raise NotFound
    certificate: HoursCertificate = found
    return certificate


class CertificateButton(PatrolsButton):
    """A button of that page."""

    model = HoursCertificate

    def back(self) -> str:
        return self.url("certificate", self.row.pk)


class Issue(CertificateButton):
    """I sign for these hours."""

    allows = {"post": Permission.PATROL_REVIEW}
    done = _("Signed: the hours are as they are on record now.")

    def act(self) -> None:
        certificates.issue(certificate=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        self.row.refresh_from_db()
        return bool(self.row.is_valid)


class Revoke(CertificateButton):
    """It is not valid any more."""

    allows = {"post": Permission.PATROL_REVIEW}
    done = _("Taken back: whoever checks its code reads that it is no longer valid.")

    def act(self) -> None:
        certificates.revoke(certificate=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        self.row.refresh_from_db()
        return self.row.revoked_at is not None


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class Check(PublicView):
    """Whether a certificate is real: how many hours between which days, and never whose."""

    why_public = (
        "whoever is shown a certificate has no account; its code answers with hours and days, no name"
    )
    template_name = "patrols/hours_check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=HoursCodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        limits.by_network("hours", request)
        form = HoursCodeForm(request.POST)
        if not form.is_valid():
            return self.page(400, form=form)
        found = queries.by_code(form.cleaned_data["code"])
        if found is None:
            form.add_error(
                "code", str(_("There is no certificate with this code. Look at each letter once more."))
            )
            return self.page(404, form=form)
        return self.page(form=form, found=found)
