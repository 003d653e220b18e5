"""What a phone brings: a photo of a report that is here."""

from io import BytesIO
from typing import Any

from PIL import Image

from incidents.models import Photo


def seen(world: Any) -> dict[str, Any]:
    """A picture, under a number that nobody used yet."""
    Photo.objects.filter(pk=world.rows["photo"].pk).delete()
    file = BytesIO()
    Image.new("RGB", (64, 48), "olive").save(file, "JPEG")
    return {"raw": file.getvalue()}


PREPARED = {"media_update": seen}
