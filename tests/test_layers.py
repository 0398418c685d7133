"""The floors of the house: a module imports only lower ones. The README draws the same picture."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "latewatch"

FLOORS = {
    "errors": 0,
    "clock": 0,
    "progress": 0,
    "shipped": 0,
    "disk": 0,
    "caps": 0,
    "domain": 1,
    "config": 1,
    "typed": 1,
    "packed": 1,
    "written": 1,
    "paper": 1,
    "bulk": 2,
    "figures": 2,
    "calendars": 2,
    "sources": 2,
    "store": 2,
    "letters": 2,
    "reports": 2,
    "notify": 2,
    "demo": 2,
    "jobs": 3,
    "app": 4,
    "cli": 5,
    "scheduler": 5,
}
MAY_READ_THE_CLOCK = {"clock"}
CLOCK_CALLS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(module: Path) -> str:
    """The top-level part a file belongs to: `store/ingest.py` → store."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide the floor"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def own_parts(module: Path) -> set[str]:
    names = {name.split(".")[1] for name in imports(module) if name.startswith("latewatch.")}
    return {name for name in names if name in FLOORS}


def test_every_part_has_its_floor() -> None:
    assert {part_of(module) for module in MODULES} - {"__init__"} == set(FLOORS)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(module: Path) -> None:
    part = part_of(module)
    if part == "__init__":
        return
    strangers = own_parts(module) - {part}
    upward = {name for name in strangers if FLOORS[name] > FLOORS[part]}
    sideways = {name for name in strangers if FLOORS[name] == FLOORS[part] == 2}
    assert not upward, f"{module} imports upward: {upward}"
    assert not sideways, f"{module} imports a neighbour of its floor: {sideways}"


@pytest.mark.parametrize("module", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: path.stem)
def test_the_core_imports_only_the_standard_library(module: Path) -> None:
    outside = {name.split(".")[0] for name in imports(module)} - {"latewatch", ""}
    assert outside <= set(sys.stdlib_module_names)
    assert own_parts(module) <= {"domain", "errors"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_clock_module_reads_the_clock(module: Path) -> None:
    if part_of(module) in MAY_READ_THE_CLOCK:
        return
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in CLOCK_CALLS, f"{module}:{node.lineno} reads the clock"


def test_only_the_outermost_floor_asks_the_clock() -> None:
    askers = {part_of(m) for m in MODULES if "clock.now" in m.read_text(encoding="utf-8")}
    assert askers == {"cli", "scheduler"}


def test_the_readme_draws_these_floors() -> None:
    picture = (ROOT / "README.md").read_text(encoding="utf-8")
    for part, floor in FLOORS.items():
        is_folder = (PACKAGE / part).is_dir()
        name = f"{part}/" if is_folder else f"{part}.py"
        line = next((line for line in picture.splitlines() if line.startswith(f"  {name}")), "")
        assert f"F{floor}" in line, f"README's picture lacks {name} on floor F{floor}"


def test_the_readme_draws_every_module_of_the_core() -> None:
    picture = (ROOT / "README.md").read_text(encoding="utf-8")
    for module in (PACKAGE / "domain").rglob("*.py"):
        if module.stem != "__init__":
            assert f"    {module.name}" in picture, f"README's picture lacks domain/{module.name}"


def test_the_program_starts_without_what_few_commands_need() -> None:
    """They take seconds to load, and every command would wait for them."""
    heavy = ("weasyprint", "pyhanko", "matplotlib", "pikepdf", "docx", "PIL", "cryptography", "holidays")
    asked = (
        "import sys, typer.main; from latewatch.cli.main import app; dict(typer.main.get_command(app).commands);"
        f"print([each for each in {heavy} if each in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_command_waits_for_no_other_to_be_loaded() -> None:
    asked = (
        "import sys; from latewatch.cli.main import app; app(['calendar', '--help'], standalone_mode=False);"
        "print([each for each in ('letters', 'tally', 'reports') if f'latewatch.cli.{each}' in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert loaded.stdout.splitlines()[-1] == "[]"
