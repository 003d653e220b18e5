"""The JSON door to one's own messages."""

from typing import Any

from django.utils import timezone
from django_filters.rest_framework import TypedChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, ScopedViewSet, StrictSerializer
from accounts.roles import Permission
from notifications import actions, queries
from notifications.models import InboxItem, InboxItemQuerySet
from notifications.states import Channel
from rules.paging import CursorPages


class InboxItemOut(serializers.ModelSerializer[InboxItem]):
    """One message, as it was said. `path` is where it leads, on this site."""

    class Meta:
        model = InboxItem
        fields = ("id", "kind", "subject_id", "title", "body", "path", "created_at", "read_at")
        read_only_fields = fields


class ReadOut(serializers.Serializer[Any]):
    """How many messages were unread until now."""

    read = serializers.IntegerField()


class ChannelsIn(StrictSerializer):
    """Which channels besides the inbox a member takes messages on."""

    email = serializers.BooleanField()


class InboxFilter(Filters):
    """Narrow the list to what was not opened yet, or to what was."""

    unread = TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda word: word == "true",
        method="only_unread",
    )

    def only_unread(self, items: InboxItemQuerySet, name: str, value: bool) -> InboxItemQuerySet:  # noqa: FBT001
        return items.filter(read_at__isnull=value)


class NewestFirst(CursorPages):
    """What was said last comes first."""

    ordering = ("-created_at", "-id")


class Inbox(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet[InboxItem]):
    """One's own messages. Nobody reads somebody else's, whatever their role."""

    queryset: Any = InboxItem.objects.all()
    serializer_class = InboxItemOut
    filterset_class = InboxFilter
    pagination_class = NewestFirst
    allows = {
        "list": Permission.ACCOUNT_OWN,
        "retrieve": Permission.ACCOUNT_OWN,
        "read": Permission.ACCOUNT_OWN,
        "read_all": Permission.ACCOUNT_OWN,
    }

    @extend_schema(request=None, responses=InboxItemOut)
    def read(self, request: Request, **path: Any) -> Response:
        item = actions.read(item=self.get_object(), by=self.membership, at=timezone.now())
        return Response(InboxItemOut(item).data)

    @extend_schema(operation_id="inbox_read_all", request=None, responses=ReadOut)
    def read_all(self, request: Request, **path: Any) -> Response:
        count = actions.read_all(by=self.membership, at=timezone.now())
        return Response(ReadOut({"read": count}).data)


class Channels(ScopedViewSet[InboxItem]):
    """Which channels one takes messages on. The inbox is always one of them."""

    queryset: Any = InboxItem.objects.all()
    serializer_class = ChannelsIn
    allows = {"show": Permission.ACCOUNT_OWN, "choose": Permission.ACCOUNT_OWN}

    @extend_schema(responses=ChannelsIn)
    def show(self, request: Request, **path: Any) -> Response:
        email = queries.wants(recipient=self.membership, channel=Channel.EMAIL)
        return Response(ChannelsIn({"email": email}).data)

    @extend_schema(request=ChannelsIn, responses=ChannelsIn)
    def choose(self, request: Request, **path: Any) -> Response:
        wanted = ChannelsIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        is_on = wanted.validated_data["email"]
        actions.choose_channel(channel=Channel.EMAIL, is_on=is_on, by=self.membership)
        return self.show(request, **path)
