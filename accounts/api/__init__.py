"""The JSON doors of this app, one module per resource."""

from accounts.api.people import DEVICE_HEADER, OpenDoor

__all__ = ["DEVICE_HEADER", "OpenDoor"]
