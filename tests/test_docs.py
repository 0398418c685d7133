"""What the documents say is what the program does: commands, options, terms."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from latewatch.cli.main import app
from latewatch.domain.dossier import Channel, Dossier, Status
from latewatch.domain.standing import Standing
from latewatch.domain.worktime import DayKind

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:^|`)\s*\$?\s*(?:\.venv/bin/)?latewatch((?: +[^`|#\n]+)?)", re.MULTILINE)
MAKE = re.compile(r"(?:^|`)make (\w+)", re.MULTILINE)


def commands_in(document: Path) -> list[str]:
    """Every `latewatch …` that stands in code, in a block or between back ticks."""
    text = document.read_text(encoding="utf-8")
    code = "\n".join(
        re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + [f"`{c}" for c in re.findall(r"`([^`\n]+)`", text)]
    )
    return [match.strip() for match in COMMAND.findall(code) if not match.strip().startswith(("…", "."))]


CASES = [(document, command) for document in DOCUMENTS for command in commands_in(document)]


def misread(command: str) -> str:
    """What the program would not understand of `command`, parsed down to its last word; nothing is run."""
    part = typer.main.get_command(app)
    words = shlex.split(command)
    while True:
        words = part.completed(words) if hasattr(part, "completed") else words  # `import FILE` leaves one out
        try:
            words = part.make_parser(part.context_class(part)).parse_args(words)[1]
        except Exception as e:  # click's own, which typer keeps to itself
            return str(e)
        if not hasattr(part, "commands"):
            places = [each for each in part.params if each.param_type_name == "argument"]
            return " ".join(words) if len(words) > len(places) else ""
        if not words:
            return ""
        if words[0] not in part.commands:
            return words[0]
        part, words = part.commands[words[0]], words[1:]


@pytest.mark.parametrize(("document", "command"), CASES, ids=[f"{d.name}: {c[:60]}" for d, c in CASES])
def test_a_documented_command_is_understood(document: Path, command: str) -> None:
    assert not misread(command), document


@pytest.mark.parametrize(
    "command", ["pol", "poll --sorce x", "poll x", "letters drat", "letters draft --ot x", "late --unit"]
)
def test_a_slip_would_be_found(command: str) -> None:
    assert misread(command)


def test_the_documents_hold_commands_at_all() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize("name", list(typer.main.get_command(app).commands), ids=str)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"`latewatch {name}" in DOCUMENTS[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_documented_make_target_exists(document: Path) -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(MAKE.findall(document.read_text(encoding="utf-8"))) <= set(targets)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (document.parent / link).exists(), f"{document.name}: {link}"


def glossary() -> str:
    text = DOCUMENTS[0].read_text(encoding="utf-8")
    return text[text.index("## Glossary") : text.index("## Further reading")]


@pytest.mark.parametrize("term", [f"`{name}`" for name in Dossier.__slots__], ids=str)
def test_the_glossary_has_every_fact_of_a_dossier(term: str) -> None:
    assert term in glossary()


@pytest.mark.parametrize("term", sorted({*Status, *Standing, *Channel, *DayKind}), ids=str)
def test_the_glossary_has_every_state(term: str) -> None:
    assert term in glossary()
