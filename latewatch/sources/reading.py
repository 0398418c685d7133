"""A delivery, read part by part: which reader takes which file."""

from collections.abc import Generator

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.sources.delivery import Delivery
from latewatch.sources.files.apart import Known, read_apart
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.sources.profiles.profile import Profile


def read_delivery(
    delivery: Delivery, source: Source, profile: Profile, stored: Known = frozenset
) -> Generator[Reading, None, None]:
    """Yield what the file says, part by part. Raises SourceError where it cannot be read, at any part.

    Of rows whose fingerprints `stored` gives only the codes are handed on.
    """
    return (with_office_names(part, profile) for part in read_apart(delivery, source, profile, stored))
