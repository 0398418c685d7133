"""Commands that are loaded when they are called: each needs other parts of the program, and few need all."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# In this order help lists them. Each is a function, or a Typer of further commands, in a module of its name.
COMMANDS = (
    "init",
    "check",
    "demo",
    "poll",
    "sources",
    "due",
    "explain",
    "history",
    "late",
    "today",
    "digest",
    "verify",
    "run",
    "letters",
    "tally",
    "reports",
    "findings",
    "import",
    "calendar",
    "procedures",
    "mapping",
)
_MODULES = {"import": "imports"}  # a word of Python


class LazyGroup(TyperGroup):
    """The program's group of COMMANDS."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]  # none is ever added


class _Commands(Mapping[str, Any]):
    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = _load(name)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _load(name: str) -> Any:
    """Return the command as a program that has no other would have it."""
    module = _MODULES.get(name, name)
    found = getattr(import_module(f"latewatch.cli.{module}"), module)
    around = typer.Typer()
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return typer.main.get_group(around).commands[name]
