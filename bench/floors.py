"""The floors: what the same framework costs with nothing of ours in the way. No sign-in, no middleware."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.models import BarePoint, BareShift, BareSignup


class BareShiftSerializer(serializers.ModelSerializer[BareShift]):
    class Meta:
        model = BareShift
        fields = "__all__"


class First25(LimitOffsetPagination):
    default_limit = 25

    def get_count(self, queryset: Any) -> int:
        return 25  # the floor pays for no COUNT(*)


class List(generics.ListAPIView[BareShift]):
    """Floor `list`: a bare ModelSerializer list of 25 rows."""

    queryset = BareShift.objects.order_by("starts_at")
    serializer_class = BareShiftSerializer
    pagination_class = First25
    authentication_classes = ()
    permission_classes = ()


class Create(generics.CreateAPIView[BareShift]):
    """Floor `create`: a bare ModelSerializer create."""

    serializer_class = BareShiftSerializer
    authentication_classes = ()
    permission_classes = ()


class Bulk(APIView):
    """Floor `bulk`: a hundred rows read by a bare ModelSerializer, one bulk_create, the rows answered."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        reader = BareShiftSerializer(data=request.data, many=True)
        reader.is_valid(raise_exception=True)
        shifts = BareShift.objects.bulk_create(BareShift(**words) for words in reader.validated_data)
        return Response(BareShiftSerializer(shifts, many=True).data, status=201)


class Points(APIView):
    """Floor `points`: the points of a batch as they come, read by nothing, one bulk_create."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        sent: Any = request.data
        BarePoint.objects.bulk_create(
            BarePoint(
                track=sent["track"],
                seq=one["seq"],
                device_at=one["at"],
                at=one["at"],
                lat=one["lat"],
                lon=one["lon"],
                accuracy_m=one["accuracy_m"],
                mark="ok",
                h3_9="898e62c2a3bffff",
            )
            for one in sent["points"]
        )
        return Response({"new": len(sent["points"])}, status=201)


class Guarded(APIView):
    """Floor `guarded`: one conditional UPDATE and one INSERT in one transaction."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request, pk: int) -> Response:
        with transaction.atomic():
            free = BareShift.objects.filter(pk=pk, taken__lt=F("capacity"))
            if not free.update(taken=F("taken") + 1):
                return Response({"code": "full"}, status=409)
            signup = BareSignup.objects.create(shift_id=pk, person=int(dict(request.data)["person"]))
        return Response({"id": signup.pk}, status=201)


urlpatterns = [
    path("list", List.as_view()),
    path("create", Create.as_view()),
    path("bulk", Bulk.as_view()),
    path("points", Points.as_view()),
    path("guarded/<int:pk>", Guarded.as_view()),
]
