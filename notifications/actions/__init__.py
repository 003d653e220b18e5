"""Everything that happens to notices and to what people were told."""

from notifications.actions.delivery import BATCH, deliver
from notifications.actions.inbox import choose_channel, read, read_all
from notifications.actions.leases import tidy
from notifications.actions.promises import plan, promise, supersede

__all__ = ["BATCH", "choose_channel", "deliver", "plan", "promise", "read", "read_all", "supersede", "tidy"]
