"""The rules of the house: which room may import which, and which files may touch the outside world."""

import ast
import pathlib
from collections.abc import Callable

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEWARD = ROOT / "backend" / "steward"
LOCALORG = ROOT / "orgs" / "localorg"
CORE = (
    "donors", "features", "outcomes", "models", "decide", "scoring.py", "explain.py", "profiles.py", "facts.py", "whatif.py",
    "assessment.py", "profile_fields.py", "profile_texts.py", "shared.py",
)  # fmt: skip
CORE_EDGES = {"models/registry.py"}  # the one core file that opens files: the model store, handed a folder
FORBIDDEN_IN_CORE = {
    "os", "socket", "requests", "urllib", "http", "subprocess", "pathlib", "shutil", "tempfile", "time", "random",
    "secrets", "uuid", "sqlalchemy", "flask", "click", "fsspec", "simple_salesforce",
}  # fmt: skip
EDGES = (
    "salesforce", "state", "web", "cli", "jobs", "bootstrap", "pipeline", "imports", "engines", "config", "sources", "night",
    "live", "evidence", "monitoring",
)  # fmt: skip
READS_THE_ENVIRONMENT = {"config.py", "__init__.py"}  # the latter only tells the threads of a library to wait quietly


def modules(*rooms: str) -> list[pathlib.Path]:
    found: list[pathlib.Path] = []
    for room in rooms:
        path = STEWARD / room
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if path.relative_to(STEWARD).as_posix() not in CORE_EDGES]


def imports(path: pathlib.Path, leave_out: Callable[[ast.AST], bool] = lambda _: False) -> set[str]:
    names: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        nodes += [child for child in ast.iter_child_nodes(node) if not leave_out(child)]
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def calls(path: pathlib.Path) -> set[str]:
    return {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }


def test_the_rooms_of_the_core_exist():
    assert all((STEWARD / room).exists() for room in CORE)


@pytest.mark.parametrize("path", modules(*CORE), ids=lambda p: p.relative_to(STEWARD).as_posix())
def test_the_core_touches_no_network_disk_environment_clock_or_chance(path):
    assert not {name.split(".")[0] for name in imports(path)} & FORBIDDEN_IN_CORE
    forbidden_calls = {"open", "print", "input"}
    clocks = {call for call in calls(path) if call.endswith((".now", ".today", ".utcnow")) and "ibis" not in call}
    chance = {
        call for call in calls(path) if call.startswith("np.random.") and not call.startswith("np.random.default_rng")
    }
    assert not (calls(path) & forbidden_calls) | clocks | chance


@pytest.mark.parametrize("path", modules(*CORE), ids=lambda p: p.relative_to(STEWARD).as_posix())
def test_the_core_never_imports_an_edge(path):
    outward = {f"steward.{edge}" for edge in EDGES}
    assert not {name for name in imports(path) if any(name == out or name.startswith(out + ".") for out in outward)}


@pytest.mark.parametrize("path", sorted(STEWARD.rglob("*.py")), ids=lambda p: p.relative_to(STEWARD).as_posix())
def test_only_the_settings_read_the_environment(path):
    if path.relative_to(STEWARD).as_posix() in READS_THE_ENVIRONMENT:
        return
    text = ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
    assert "os.environ" not in text
    assert "getenv" not in text


@pytest.mark.parametrize("path", sorted(STEWARD.rglob("*.py")), ids=lambda p: p.relative_to(STEWARD).as_posix())
def test_steward_never_imports_the_local_org(path):
    assert not {name for name in imports(path) if name.split(".")[0] == "localorg"}


@pytest.mark.parametrize("path", sorted((ROOT / "orgs" / "localorg").rglob("*.py")), ids=lambda p: p.name)
def test_the_local_org_never_imports_steward(path):
    assert not {name for name in imports(path) if name.split(".")[0] == "steward"}


def test_nothing_in_the_product_uses_pickle():
    users = [
        p
        for p in STEWARD.rglob("*.py")
        if {"pickle", "joblib", "cloudpickle", "dill"} & {n.split(".")[0] for n in imports(p)}
    ]
    assert users == []


def names_only(node: ast.AST) -> bool:
    """What stands under `if TYPE_CHECKING:` is never imported when the code runs."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def graph(package: pathlib.Path, imported: Callable[[pathlib.Path], set[str]]) -> dict[str, set[str]]:
    names = {
        path: ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in package.rglob("*.py")
        if "migrations" not in path.parts
    }
    modules = set(names.values())
    return {name: imported(path) & modules - {name} for path, name in names.items() if path.name != "__init__.py"}


def assert_no_cycle(graph: dict[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name in done:
            return
        for target in sorted(graph.get(name, ())):
            visit(target, (*path, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_the_import_graph_of_the_product_has_no_cycle_not_even_of_types():
    assert_no_cycle(graph(STEWARD, imports))


def test_the_import_graph_of_the_local_org_has_no_cycle_when_it_runs():
    assert_no_cycle(graph(LOCALORG, lambda path: imports(path, leave_out=names_only)))
