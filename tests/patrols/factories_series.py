"""Series of nights, and what is different about one of them."""

from datetime import date, time

import factory

from patrols.models import Series, SeriesException
from tests.factories import OURS, OwnedFactory, SectorFactory


class SeriesFactory(OwnedFactory):
    """Every Friday from ten at night to two in the morning."""

    class Meta:
        model = Series

    rule = "FREQ=WEEKLY;BYDAY=FR"
    starts_on = date(2030, 1, 4)
    starts_time = time(22)
    ends_time = time(2)
    sector = factory.SubFactory(
        SectorFactory, district__ubigeo=factory.SelfAttribute("...organization.ubigeo")
    )
    meeting_point = "Parque central"
    capacity = 6
    due_on = date(2030, 1, 1)


class SeriesExceptionFactory(OwnedFactory):
    class Meta:
        model = SeriesException

    series = factory.SubFactory(SeriesFactory, **OURS)
    occurrence_on = date(2030, 1, 11)
    kind = "skipped"
    reason = "other"
