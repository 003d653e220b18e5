"""The pages of one's own messages."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.doors import DeskView
from accounts.roles import Permission
from config.inbox.forms import ChannelsForm, PageForm
from notifications import actions, queries
from notifications.models import InboxItem
from notifications.states import Channel
from rules.refusals import NotFound

PAGE = 25


class Inbox(DeskView):
    """What one was told, newest first."""

    allows = {"get": Permission.ACCOUNT_OWN}
    template_name = "notifications/inbox.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = PageForm(request.GET)
        if not form.is_valid():
            raise NotFound
        before = form.cleaned_data["before"]
        items = queries.inbox(recipient=self.membership, before=before, limit=PAGE + 1)
        here = reverse("notifications:inbox", args=[organization])
        return self.page(
            items=items[:PAGE],
            unread=queries.unread_count(self.membership.pk),
            newer=here if before else "",
            older=f"{here}?before={items[PAGE - 1].pk}" if len(items) > PAGE else "",
        )


class OpenItem(DeskView):
    """Opening a message marks it read and leads to what it speaks of."""

    allows = {"post": Permission.ACCOUNT_OWN}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        item = InboxItem.objects.visible_to(self.membership).filter(pk=pk).first()
        if item is None:
            raise NotFound
        actions.read(item=item, by=self.membership, at=timezone.now())
        if item.path and url_has_allowed_host_and_scheme(item.path, allowed_hosts=None):
            return redirect(item.path)
        return redirect("notifications:inbox", organization)


class ReadAll(DeskView):
    """Marks everything as read."""

    allows = {"post": Permission.ACCOUNT_OWN}

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        actions.read_all(by=self.membership, at=timezone.now())
        return redirect("notifications:inbox", organization)


class Channels(DeskView):
    """Which channels one takes messages on."""

    allows = {"get": Permission.ACCOUNT_OWN, "post": Permission.ACCOUNT_OWN}
    template_name = "notifications/channels.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        email = queries.wants(recipient=self.membership, channel=Channel.EMAIL)
        return self.page(form=ChannelsForm(initial={"email": email}))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = ChannelsForm(request.POST)
        if not form.is_valid():
            return self.page(form=form, status=400)
        is_on = form.cleaned_data["email"]
        actions.choose_channel(channel=Channel.EMAIL, is_on=is_on, by=self.membership)
        messages.success(request, _("Saved."))
        return redirect("notifications:inbox", organization)
