"""A packet of the national portal in a file."""

from collections.abc import Iterator
from pathlib import Path

from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.packet_records import PacketReader
from latewatch.sources.systems.packets import open_packet

PART = 1_000  # records handed on together


def read_packet(name: str, path: Path, profile: Profile) -> Iterator[Reading]:
    """Yield what the packet in a file says, part by part. Raises SourceError."""
    try:
        content = path.read_bytes()
    except OSError as e:
        raise SourceError(name, "không đọc được tệp; hãy kiểm tra ổ đĩa", passing=True) from e
    whole = PacketReader(name, profile).read(open_packet(name, content))
    reported, whole.reported = whole.reported, []
    starts = range(0, len(reported), PART)
    whole.ahead = len(starts)
    yield whole
    for start in starts:
        yield Reading(reported=reported[start : start + PART])
