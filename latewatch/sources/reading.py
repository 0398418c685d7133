"""A delivery, read part by part: which reader takes which file."""

from collections.abc import Iterator

from latewatch.config import Source
from latewatch.domain.record import Reading
from latewatch.progress import Progress
from latewatch.sources.delivery import Delivery
from latewatch.sources.profile import Profile
from latewatch.sources.spreadsheet import read_spreadsheet


def read_delivery(
    delivery: Delivery, source: Source, profile: Profile, progress: Progress
) -> Iterator[Reading]:
    """Yield what the file says, part by part. Raises SourceError where it cannot be read, at any part."""
    yield read_spreadsheet(delivery.name, delivery.content, profile, source.max_megabytes, progress)
