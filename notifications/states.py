"""The life of a notice: one promise to tell one person one thing through one channel."""

from django.db import models

from rules.states import Life


class NoticeState(models.TextChoices):
    """Where a promise stands."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    DEAD = "dead"


class Channel(models.TextChoices):
    """How a person can be reached. The inbox always works."""

    INBOX = "inbox"
    EMAIL = "email"


NOTICE = Life(
    {
        NoticeState.PENDING: {
            "lease": NoticeState.LEASED,
            "supersede": NoticeState.SUPERSEDED,
            "expire": NoticeState.EXPIRED,
        },
        NoticeState.LEASED: {
            "finish": NoticeState.SENT,
            "retry": NoticeState.PENDING,
            "lapse": NoticeState.PENDING,
            "supersede": NoticeState.SUPERSEDED,
            "expire": NoticeState.EXPIRED,
            "give_up": NoticeState.DEAD,
        },
    }
)
