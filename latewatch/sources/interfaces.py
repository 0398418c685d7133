"""The interfaces of one-stop systems: which reader asks which system."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError
from latewatch.progress import Progress
from latewatch.sources.profiles.profile import Profile, System
from latewatch.sources.systems import dvcqg, igate, opencps, td


class Pull(Protocol):
    """Asks a system for what is new, part by part.

    Each part's `cursor` says where to go on once it is kept: whoever is stopped there and asks again with it
    loses nothing. What a part repeats of an earlier one does no harm. Raises SourceError and ConfigError.
    """

    def __call__(
        self, source: Source, profile: Profile, cursor: Mapping[str, str], now: datetime, progress: Progress
    ) -> Iterator[Reading]: ...


PULLS: dict[System, Pull] = {
    System.IGATE: igate.pull,
    System.DVCQG: dvcqg.pull,
    System.OPENCPS: opencps.pull,
    System.TD: td.pull,
}
FROM_FOLDERS = (System.FILES, System.DVCQG)


def check_origin(source: Source, profile: Profile) -> None:
    """Refuse a folder for a system that is only asked at its address. Raises ConfigError."""
    if source.folder and profile.system not in FROM_FOLDERS:
        problem = f"mẫu “{source.profile}” hỏi qua giao diện của hệ thống; hãy đặt url thay cho folder"
        raise ConfigError("[[sources]]", f"{source.name}.folder", problem)
