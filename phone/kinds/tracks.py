"""One's own track without signal: allowed, its points, taken back."""

from accounts.doors import StrictSerializer
from accounts.receipts import Answer
from patrols.actions import tracks
from patrols.api.samples import SampleIn
from patrols.api.tracks import taken
from patrols.tracks import offset_of
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from phone.kinds.patrols import patrol_of


class OwnTrackIn(StrictSerializer):
    """On which patrol: by its own key, or by its shift's while the phone has not heard of it yet."""

    patrol = KeyField(required=False)
    shift = KeyField(required=False)


class PointsIn(OwnTrackIn):
    """1 to 200 points, by the phone's clock."""

    points = SampleIn(many=True)


def allow(sent: Sent, words: Words) -> Answer:
    patrol = patrol_of(sent, words)
    track = tracks.allow(patrol=patrol, by=sent.by, at=sent.at, allowed_at=sent.happened_at)
    return {"patrol": str(patrol.pk), "track": str(track.pk)}


def withdraw(sent: Sent, words: Words) -> Answer:
    patrol = patrol_of(sent, words)
    return {"patrol": str(patrol.pk), "deleted": tracks.withdraw(patrol=patrol, by=sent.by)}


def add(sent: Sent, words: Words) -> Answer:
    offset = offset_of(sent.at - sent.offset, sent.at)
    points = [sample.by_our_clock(offset) for sample in words["points"]]
    return taken(tracks.add_points(patrol=patrol_of(sent, words), by=sent.by, at=sent.at, points=points))


KINDS = (
    Kind("track.allowed", 1, one(OwnTrackIn, allow)),
    Kind("track.points", 1, one(PointsIn, add)),
    Kind("track.withdrawn", 1, one(OwnTrackIn, withdraw)),
)
