"""Names as iGate gives them: plain, or one in each language."""

from typing import TypeAlias

from msgspec import Struct

VIETNAMESE = "228"  # iGate's number of the language


class Translation(Struct, rename="camel"):
    name: str | None = None
    language_id: int | str | None = VIETNAMESE


Names: TypeAlias = str | Translation | list[Translation] | None


def vietnamese(names: Names) -> str:
    """Return the Vietnamese name, where there is none the first; empty where there is no name at all."""
    if isinstance(names, str):
        return names
    listed = [names] if isinstance(names, Translation) else names or []
    ordered = sorted(listed, key=lambda each: str(each.language_id) != VIETNAMESE)
    return (ordered[0].name or "") if ordered else ""
