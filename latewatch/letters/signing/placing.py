"""Where signature and seal come to lie: the seal over the signature's left third, nothing distorted."""

from dataclasses import replace

from latewatch.letters.signing.images import Picture
from latewatch.letters.signing.lines import Box
from latewatch.letters.signing.place import MM, Place

COVERED = 1 / 3  # of the signature, by the seal (NĐ 30/2020/NĐ-CP, Phụ lục I)
_AIR = 1.0 * MM  # between the signature and the words above and below


def box_of_signature(room: Box, picture: Picture) -> Box:
    """Return the middle of the room, in the picture's real size; smaller only where the room is."""
    width, height = picture.width_mm * MM, picture.height_mm * MM
    shrunk = min(1.0, (room.x2 - room.x1) / width, max(room.y2 - room.y1 - 2 * _AIR, 1.0) / height)
    return _around((room.x1 + room.x2) / 2, room, width * shrunk, height * shrunk)


def box_of_seal(place: Place, signature: Box, picture: Picture) -> Box:
    """Return where the seal covers the left third of `signature`, in real size, below the letter's body."""
    width, height = picture.width_mm * MM, picture.height_mm * MM
    right = signature.x1 + (signature.x2 - signature.x1) * COVERED
    box = _around(right - width / 2, place.room, width, height)
    too_high = max(0.0, box.y2 - place.top)
    return replace(box, y1=box.y1 - too_high, y2=box.y2 - too_high)


def _around(x: float, room: Box, width: float, height: float) -> Box:
    y = (room.y1 + room.y2) / 2
    return Box(room.page, x - width / 2, y - height / 2, x + width / 2, y + height / 2)
