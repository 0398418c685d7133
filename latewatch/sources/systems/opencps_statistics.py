"""OpenCPS's own statistics of a month, to be held against ours. It counts by calendar months."""

from msgspec import Struct

from latewatch.config import Source
from latewatch.errors import ConfigError, SourceError
from latewatch.sources.systems.api import Api

PATH = "secure/rest/statistics"


class Statistic(Struct, frozen=True, rename="camel"):
    """One line of its answer; what an installation leaves out is None and compared with nothing."""

    received_count: int | None = None
    remaining_count: int | None = None
    online_count: int | None = None
    onegate_count: int | None = None
    processing_count: int | None = None
    undue_count: int | None = None
    overdue_count: int | None = None
    release_count: int | None = None
    betimes_count: int | None = None
    ontime_count: int | None = None
    overtime_count: int | None = None
    cancelled_count: int | None = None
    denied_count: int | None = None


class _Answer(Struct, frozen=True, rename={"data": "dossierStatisticData"}):
    data: list[Statistic] | None = None


def statistics(source: Source, year: int, month: int) -> dict[str, int]:
    """Return what OpenCPS says of a month, by the names it gives its counts. Raises SourceError."""
    own = dict(source.parameters)
    group = own.pop("groupId", "")
    if not group:
        problem = 'thiếu; hãy ghi số của trang (site) OpenCPS: parameters = { groupId = "…" }'
        raise ConfigError(f"nguồn {source.name}", "parameters.groupId", problem)
    params: dict[str, str | int] = {"month": month, "year": year}
    params |= {name: own[name] for name in ("agency", "domain", "system") if name in own}
    with Api(source) as api:
        answer = api.get(PATH, params, _Answer, {"groupId": group})
    lines = answer.data or []
    if len(lines) != 1:
        raise SourceError(
            source.name,
            f"thống kê OpenCPS tháng {month}/{year} có {len(lines)} dòng, cần đúng một dòng tổng; xuất biểu "
            "của hệ thống ra tệp rồi đối chiếu: latewatch tally reconcile --against TỆP",
        )
    counts = {name: getattr(lines[0], name) for name in Statistic.__struct_fields__}
    return {name: value for name, value in counts.items() if value is not None}
