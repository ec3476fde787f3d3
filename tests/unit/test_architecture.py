"""The rules of the house: which room may import which, and which files may touch the outside world."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEWARD = ROOT / "backend" / "steward"
CORE = (
    "donors", "features", "outcomes", "models", "decide", "scoring.py", "explain.py", "profiles.py", "facts.py", "whatif.py",
    "assessment.py", "profile_texts.py",
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


def imports(path: pathlib.Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def test_the_import_graph_of_the_product_has_no_cycle():
    names = {
        p: "steward." + p.relative_to(STEWARD).with_suffix("").as_posix().replace("/", ".")
        for p in STEWARD.rglob("*.py")
    }
    names = {p: n.removesuffix(".__init__") for p, n in names.items() if "migrations" not in n}
    graph = {n: imports(p) & set(names.values()) - {n} for p, n in names.items() if p.name != "__init__.py"}
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
