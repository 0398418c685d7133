"""Names a template uses that no letter has, also where no sample comes by: read off its source."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from jinja2 import DictLoader, TemplateError, meta, nodes

from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.paper.sandbox import Sandbox
from latewatch.shipped import shipped

_JINJA = {"range", "dict", "cycler", "joiner", "namespace"}
FACTS = {"letter", "head", "title", "check_code", "lookup", "paper", "window_envelope"}
_PARTS = {
    "letter": {field.name for field in fields(Letter)} | {"is_overdue"},
    "head": {field.name for field in fields(Letterhead)},
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name nobody fills, and where it stands."""

    file: Path
    line: int
    name: str


def unknown_names(office_templates: Path | None, form: LetterForm) -> list[Unknown]:
    """Return the unknown names in a form's template and in all that it extends, includes or imports."""
    folders = [folder for folder in (office_templates, shipped("templates", "letters")) if folder]
    sources = dict(_sources(folders, f"{form.value}.html", set()))
    given = FACTS | {name for tree in sources.values() for name in _assigned(tree)}
    return [
        unknown
        for file, tree in sources.items()
        for unknown in (*_variables(file, tree, given), *_parts(file, tree))
    ]


def _sources(folders: list[Path], name: str, seen: set[str]) -> Iterator[tuple[Path, nodes.Template]]:
    """Yield the parsed template `name` and those it refers to; what cannot be read the drawing reports."""
    file = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if file is None or name in seen:
        return
    seen.add(name)
    try:
        tree = Sandbox(DictLoader({})).parse(file.read_text(encoding="utf-8-sig"))
        meta.find_undeclared_variables(tree)  # a filter nobody knows
    except (TemplateError, UnicodeDecodeError, OSError):
        return
    yield file, tree
    for other in meta.find_referenced_templates(tree):
        if other:
            yield from _sources(folders, other, seen)


def _assigned(tree: nodes.Template) -> set[str]:
    """Return what a template sets for others: variables, macros, imports."""
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    return names | macros | {node.target for node in tree.find_all(nodes.Import)}


def _variables(file: Path, tree: nodes.Template, given: set[str]) -> Iterator[Unknown]:
    undeclared = meta.find_undeclared_variables(tree) - given - _JINJA
    for name in sorted(undeclared):
        lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == name]
        yield Unknown(file, min(lines, default=1), name)


def _parts(file: Path, tree: nodes.Template) -> Iterator[Unknown]:
    for node in tree.find_all(nodes.Getattr):
        whole = node.node.name if isinstance(node.node, nodes.Name) else ""
        if whole in _PARTS and node.attr not in _PARTS[whole]:
            yield Unknown(file, node.lineno, f"{whole}.{node.attr}")
