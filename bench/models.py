"""The bare tables the floors are measured on."""

from django.db import models


class BareShift(models.Model):
    """As many columns as a shift has, and nothing around them."""

    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    service_date = models.DateField()
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return str(self.pk)


class BareSignup(models.Model):
    """One place taken."""

    shift = models.ForeignKey(BareShift, models.CASCADE)
    person = models.PositiveIntegerField()

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return str(self.pk)


class BarePoint(models.Model):
    """As many columns as a point of a track has, and its one constraint."""

    track = models.BigIntegerField()
    seq = models.BigIntegerField()
    device_at = models.DateTimeField()
    at = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField()
    mark = models.CharField(max_length=12)
    h3_9 = models.CharField(max_length=15)

    class Meta:
        app_label = "bench"
        constraints = [models.UniqueConstraint(fields=["track", "seq"], name="bare_point_once")]

    def __str__(self) -> str:
        return str(self.pk)
