# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that name peers are private; no text is evaluated, and no path in /tmp is trusted."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import change as _flows_change
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes, host_lock, records
from ansible_collections.fleet.ports.plugins.module_utils._probe import rendezvous
from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._report import writer

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"

# The modules that may create a file, a folder or a link, change a mode or an owner, or start a program or a process,
# and the calls that they use. A new entry needs a reason.
ALLOWED = {
    # Temporary files that only their owner can open, renamed into place with the attributes of the file before.
    "module_utils/_host/atomic_file": {"makedirs", "mkstemp", "rename"},
    "module_utils/_host/file_attributes": {"fchmod", "fchown", "setxattr"},
    "plugin_utils/_common/private_file": {"makedirs", "mkstemp", "os.replace"},
    # Private folders (0700) and their content.
    "module_utils/_host/records": {"makedirs", "chmod"},
    "module_utils/_host/host_lock": {"makedirs", "open", "ftruncate"},
    "module_utils/_probe/rendezvous": {"mkdir", "open"},
    "plugin_utils/_verify/schedule_step": {"mkdtemp"},
    # Files that every user may read and that contain no address of a peer: the list of the holder, which is a daemon as
    # well, and links to units.
    "module_utils/_holds/holder": {"makedirs", "open", "chmod", "rename", "truncate", "fork"},
    "module_utils/_jobs/systemd": {"makedirs", "symlink"},
    # Values of the kernel, and those of a network namespace that ends with the process in it.
    "module_utils/_host/sysctl": {"open"},
    "module_utils/_flows/rehearsal/host_network": {"open"},
    # A process with a network namespace of its own.
    "module_utils/_flows/rehearsal/sandbox": {"fork"},
    # Programs of the host, as lists of words; their input is in a file without a name.
    "module_utils/_host/commands": {"Popen", "TemporaryFile"},
    # A daemon that detaches from the terminal.
    "module_utils/_probe/listener/daemon": {"fork", "open"},
}

# Folders of listeners, whose names contain no address; files that have no name.
KNOWS_A_WORLD_WRITABLE_FOLDER = ("module_utils/_probe/rendezvous", "module_utils/_host/commands")

WATCHED = {
    "mkdir", "makedirs", "mkstemp", "mkdtemp", "TemporaryFile", "TemporaryDirectory", "chmod", "fchmod", "lchmod",
    "chown", "fchown", "lchown", "setxattr", "symlink", "link", "symlink_to", "hardlink_to", "mkfifo", "mknod",
    "rename", "renames", "os.replace", "truncate", "ftruncate", "touch", "write_text", "write_bytes",
    "shutil.copy", "copy2", "copyfile", "copyfileobj", "copytree", "shutil.move", "make_archive", "unpack_archive",
    "subprocess.run", "subprocess.call", "Popen", "run_command", "check_output", "check_call", "fork", "forkpty",
    "execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe", "posix_spawn", "posix_spawnp",
    "spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe",
}  # fmt: skip
FORBIDDEN = {"eval", "exec", "os.system", "popen", "mktemp", "NamedTemporaryFile", "load_module",
             "execfile", "__import__", "getoutput", "getstatusoutput",
             "yaml.load", "yaml.load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}  # fmt: skip

# So common a name that only its whole says enough; so the modules that have such a function keep their own names.
COMMON = {name.rpartition(".")[2] for name in WATCHED | FORBIDDEN if "." in name}
MODULES = {name.partition(".")[0] for name in WATCHED | FORBIDDEN if "." in name}


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield ast.unparse(node.func) if name in COMMON else name, node


def _writes(call: ast.Call) -> bool:
    """Whether this open() can create or change a file; the mode is the first argument of a path's method."""
    first = 0 if isinstance(call.func, ast.Attribute) else 1
    arguments = [*call.args[first:2], *(keyword.value for keyword in call.keywords if keyword.arg in ("mode", "flags"))]
    return any(
        _is_writing_mode(argument.value) if isinstance(argument, ast.Constant)
        else any(flag in ast.dump(argument) for flag in ("O_CREAT", "O_WRONLY", "O_RDWR"))
        for argument in arguments
    )  # fmt: skip


def _is_writing_mode(text: object) -> bool:
    return isinstance(text, str) and set(text) <= set("rwaxbt+") and not set("wax+").isdisjoint(text)


def _hidden(tree: ast.AST) -> Iterator[str]:
    """Names by which a watched function could be called without being noticed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield f"from {node.module} import …"
        elif isinstance(node, ast.Import):
            yield from (f"{each.name} as {each.asname}" for each in node.names if each.name in MODULES and each.asname)


def _watched(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for name, call in _calls(tree):
        if name in WATCHED or (name == "open" and _writes(call)):
            yield name, call


@pytest.mark.parametrize("statement", [
    "subprocess.run(['x'])", "subprocess.call(['x'])", "os.execv('/x', [])", "os.spawnlp(0, 'x')", "os.fork()",
    "os.posix_spawn('/x', [], {})", "os.rename(a, b)", "os.replace(a, b)", "os.chown(a, 0, 0)", "shutil.copy(a, b)",
    "Path(a).write_text('x')", "Path(a).open('w')", "Path(a).open(mode='a')", "open(a, 'r+')", "os.open(a, os.O_RDWR)",
    "io.open('a', 'x')",
])  # fmt: skip
def test_the_watcher_sees(statement: str) -> None:
    assert list(_watched(ast.parse(statement)))


@pytest.mark.parametrize("statement", [
    "program.run(['x'])", "bus.call('x')", "text.replace('a', 'b')", "some.copy()", "open(a)", "open('wax')",
    "Path(a).open('rb')", "os.open('/wax', os.O_RDONLY)", "folder.open()",
])  # fmt: skip
def test_the_watcher_overlooks(statement: str) -> None:
    assert not list(_watched(ast.parse(statement)))


def _name(path: Path) -> str:
    return path.relative_to(PLUGINS).with_suffix("").as_posix()


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=_name)
def test_only_known_places_write_or_start_anything(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, call in _calls(tree):
        where = f"{path.name}, line {call.lineno}: {name}"
        assert name not in FORBIDDEN, where
        assert not [word for word in call.keywords if word.arg == "shell"], where
    for name, call in _watched(tree):
        assert name in ALLOWED.get(_name(path), ()), f"{path.name}, line {call.lineno}: {name}"
    assert not list(_hidden(tree))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names
    }
    assert not imported & {"pickle", "marshal", "shelve", "imp"}
    if _name(path) not in KNOWS_A_WORLD_WRITABLE_FOLDER:
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        documented = [text for text in texts if "\n" not in text]
        assert not [text for text in documented if text.startswith(("/tmp", "/var/tmp", "/dev/shm"))]


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_no_permission_is_unused(name: str) -> None:
    tree = ast.parse((PLUGINS / f"{name}.py").read_text(encoding="utf-8"))
    assert {called for called, _call in _watched(tree)} == ALLOWED[name]


@pytest.fixture(name="careless")
def _careless() -> Iterator[None]:
    """The worst umask that a caller can have."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.usefixtures("careless")
def test_reports_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    writer.write(
        [(str(folder / "hosts" / "a.md"), "192.0.2.1"), (str(folder / "fleet.csv"), "192.0.2.1")], False, False
    )
    assert {_mode(path) for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert _mode(folder / "hosts") == 0o700


@pytest.mark.usefixtures("careless")
def test_records_and_what_lies_beside_them_are_roots_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(0o777)
    record = records.Record("flows", str(folder))
    record.save({"peers": ["192.0.2.1"]})
    assert (_mode(folder), _mode(folder / "flows.json")) == (0o700, 0o600)


@pytest.mark.usefixtures("careless")
def test_a_lock_is_roots_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FOLDER", str(tmp_path / "state"))
    with host_lock.Lock("x").held(1):
        assert _mode(tmp_path / "state" / "lock") == 0o600


@pytest.mark.usefixtures("careless")
def test_files_of_a_packet_filter_are_roots_alone(tmp_path: Path) -> None:
    path = tmp_path / "fleet.ports.nft"
    change = _flows_change.Change(None, [file_changes.File(str(path)).becoming(b"x", _flows_change.PRIVATE)])
    change.apply()
    assert _mode(path) == 0o600


@pytest.mark.parametrize("write", [private_file.write, lambda path, data: atomic_file.write(path, data, 0o600)])
def test_an_existing_link_is_not_followed(write, tmp_path: Path) -> None:
    """A temporary file has a random name, and an existing file of that name is never used."""
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_bytes(b"precious")
    folder.mkdir()
    for guess in ("plan.json.new", "plan.json.tmp", ".plan.json", ".fleet.ports-", "plan.json~"):
        (folder / guess).symlink_to(victim)
    write(str(folder / "plan.json"), b"managed")
    assert victim.read_bytes() == b"precious"
    assert (folder / "plan.json").read_bytes() == b"managed"


def test_a_report_takes_the_place_of_a_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "plan.json"
    victim.write_bytes(b"precious")
    path.symlink_to(victim)
    private_file.write(str(path), b"managed")
    assert victim.read_bytes() == b"precious" and path.read_bytes() == b"managed" and not path.is_symlink()


def test_the_folder_of_a_listener_is_never_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous, "PARENT", str(tmp_path))
    folder = rendezvous.of_run(b"nonce of the run")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Path(folder.path).symlink_to(elsewhere)
    with pytest.raises(Exception, match="is running on this host"):
        folder.create()
    (elsewhere / "listening").write_text('{"pid": 1, "endpoints": [["tcp", "::", 1]]}', encoding="ascii")
    assert folder.listener() == (None, set())
    with pytest.raises(FileNotFoundError):
        folder.connect(1)
