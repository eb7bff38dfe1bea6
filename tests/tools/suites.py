# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suites, each a list of steps: what ``make test`` runs, from cheap to real."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from . import ansible_test, checkout, interpreters
from .cores import Core, cores
from .environments import environment
from .places import OUTPUT, REPOSITORY
from .steps import Step

MANAGED_NODE_CODE = ("plugins/modules", "plugins/module_utils")
OLDEST_MANAGED_NODE = "3.6"
# Neither packets nor kills care for ansible-core's release: once is enough.
CONFORMANCE = {"conformance": "tests/lab/conformance", "software": "tests/lab/software"}
FAULTS = "tests/lab/faults"
JOBS = "tests/lab/awx"
WORLDS = "tests/lab/worlds"
# The lab of all those, beside that of the suite `lab`.
PROOFS = "proofs"
# What waits for most of its time: for windows to end, and for answers to packets.
WAITING = ("tests/lab/test_verify.py", "tests/lab/test_windows.py")
# What the suite `lab` leaves to the others.
_HOSTS = ("tests/lab", *(f"--ignore={each}" for each in (*CONFORMANCE.values(), FAULTS, JOBS, WORLDS, *WAITING)))
# Of the last package that has AWX's modules, and what the documentation is made and Galaxy's importer is run with.
AWX_CORE = DOCS_CORE = IMPORTER_CORE = "2.19"
# Whether ansible-test is run with the cores between the oldest and the newest as well.
EVERY_CORE = "EVERY_CORE" in os.environ
# What ansible-test is to look at (a module's name, a file, a folder); all, if nothing is named.
TARGETS = os.environ.get("TEST_TARGETS", "").split()


def sanity() -> Iterator[Step]:
    """ansible-test sanity. There is no ignore file."""
    for core in _tested_cores():
        step = _ansible_test(core, f"sanity, {core}", "sanity", "--requirements", "--junit", *TARGETS)
        ansible_test.prime(core)
        yield step


def units() -> Iterator[Step]:
    """ansible-test units."""
    for core in _tested_cores():
        yield _ansible_test(core, f"units, {core}", "units", "--python", core.python, *TARGETS)


def managed_node() -> Iterator[Step]:
    """Managed-node code on the oldest Python that it may meet: vermin reads it, and its units run where one is."""
    yield Step(f"vermin, managed-node code needs Python {OLDEST_MANAGED_NODE} at most",
               [_lint_bin() / "vermin", f"--target={OLDEST_MANAGED_NODE}-", "--no-tips", "--violations",
                *MANAGED_NODE_CODE], _environ(_lint_bin()), REPOSITORY)
    interpreter = interpreters.find(OLDEST_MANAGED_NODE)
    if interpreter is None:
        return
    old = environment(interpreter, f"pip-{OLDEST_MANAGED_NODE}", f"units-{OLDEST_MANAGED_NODE}")
    yield _ansible_test(cores()[0], f"units of managed-node code, Python {OLDEST_MANAGED_NODE}",
                        "units", "--python", OLDEST_MANAGED_NODE, first_on_path=(old,))


def lint() -> Iterator[Step]:
    """What reads the collection as its reviewers will."""
    tools = _lint_bin()
    environ, copy = _environ(tools), checkout.path()
    yield Step("ansible-lint, profile production", [tools / "ansible-lint", "--offline", "--strict", "--nocolor"],
               environ, copy)
    yield Step("antsibull-changelog lint", [tools / "antsibull-changelog", "lint"], environ, copy)
    yield Step("antsibull-docs lint-collection-docs",
               [tools / "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", "."],
               environ, copy)
    yield _pytest(cores()[-1], "contracts", "tests/contracts", tools=tools)


def integration() -> Iterator[Step]:
    """ansible-test integration, each target."""
    targets = sorted(file.parent.name for file in REPOSITORY.glob("tests/integration/targets/*/aliases"))
    for core in _tested_cores():
        for target in targets:
            yield _ansible_test(core, f"integration {target}, {core}", "integration", "--allow-root", target)


def lab() -> Iterator[Step]:
    """The lab's real hosts, driven by the newest core."""
    yield _lab(cores()[-1], "lab", *_HOSTS)


def oldest_core() -> Iterator[Step]:
    """The lab's real hosts, driven by the oldest core where cores differ."""
    for core in _ends()[:-1]:
        yield _lab(core, "lab", *_HOSTS, "-m", "not any_core", lab=PROOFS)


def waiting() -> Iterator[Step]:
    """The lab's tests that wait for most of their time."""
    yield _lab(cores()[-1], "waiting", *WAITING, lab="waiting")


def conformance() -> Iterator[Step]:
    """What passes between the lab's hosts against what the matrix says: packets, and real software."""
    for name, folder in CONFORMANCE.items():
        yield _lab(cores()[-1], name, folder, lab=PROOFS)


def faults() -> Iterator[Step]:
    """Every step of every module, killed, failing and hanging."""
    yield _lab(cores()[-1], "faults", FAULTS, lab=PROOFS)


def worlds() -> Iterator[Step]:
    """What firewall_flows says on real and random packet filters, against packets; on all processors for a long run."""
    parallel = ("-n", "auto") if "WORLDS" in os.environ else ()
    yield _importing_plugins(_pytest(cores()[-1], "worlds", WORLDS, *parallel))


def fuzz() -> Iterator[Step]:
    """Hostile input for every reader and every writer: a minute of it, or as much as FUZZ_INPUTS says."""
    yield _importing_plugins(_pytest(cores()[-1], "fuzz", "tests/fuzz"))


def awx() -> Iterator[Step]:
    """AWX's objects against its own modules, in an environment that has them."""
    core = _core(AWX_CORE)
    yield _importing_plugins(_pytest(core, "awx", "tests/awx", tools=environment(core.interpreter, "awx")))


def exports() -> Iterator[Step]:
    """What is written for other firewalls and for hosts without Ansible, read as those read it."""
    core = cores()[-1]
    tools = environment(core.interpreter, f"core-{core.version}", "exports")
    yield _importing_plugins(_pytest(core, "exports", "tests/exports", tools=tools))


def awx_jobs() -> Iterator[Step]:
    """AWX's jobs on the lab's hosts."""
    yield _lab(cores()[-1], "awx-jobs", JOBS, lab=PROOFS)


def browser() -> Iterator[Step]:
    """The page as people see it, in Debian's Chromium."""
    core = cores()[-1]
    tools = environment(core.interpreter, f"core-{core.version}", "browser")
    yield _importing_plugins(_pytest(core, "browser", "tests/browser", tools=tools))


def docs() -> Iterator[Step]:
    """What the documentation names is there, what it shows is computed, and the site is made of it without a warning."""
    core = _core(DOCS_CORE)
    tools = environment(core.interpreter, "docs")
    yield _importing_plugins(_pytest(core, "docs", "tests/docs", tools=tools))
    yield Step("documentation site", [tools / "python", "-m", "tests.docs", "site"], _environ(tools), REPOSITORY)


def build() -> Iterator[Step]:
    """The archive that is published, as Galaxy and its users find it."""
    core = _core(IMPORTER_CORE)
    tools = environment(core.interpreter, "publish")
    yield Step("ansible-galaxy collection build",
               [tools / "ansible-galaxy", "collection", "build", "--force", "--output-path", OUTPUT / "build"],
               _environ(tools), checkout.path())
    yield _pytest(core, "publish", "tests/publish", tools=tools)


SUITES: dict[str, Callable[[], Iterator[Step]]] = {
    suite.__name__.replace("_", "-"): suite
    for suite in (
        sanity, units, managed_node, fuzz, exports, lint, integration, lab, waiting, oldest_core, worlds, conformance,
        faults, awx, awx_jobs, browser, docs, build,
    )
}
NEED_ROOT = ("lab", "waiting", "oldest-core", "worlds", "conformance", "faults", "awx-jobs")
# What runs side by side: suites without hosts, and those of one lab each.
LANES = (frozenset(SUITES).difference(NEED_ROOT), {"lab"}, {"waiting"}, frozenset(NEED_ROOT[2:]))


def _ends() -> list[Core]:
    """The oldest core, and the newest if that is another one."""
    return sorted({cores()[0], cores()[-1]}, key=cores().index)


def _tested_cores() -> list[Core]:
    """Those that ansible-test is run with: what the oldest and the newest both accept, those between do as well."""
    return cores() if EVERY_CORE else _ends()


def _core(version: str) -> Core:
    """This release, or the newest that this machine can run."""
    return next((core for core in cores() if core.version == version), cores()[-1])


def _lint_bin() -> Path:
    return environment(cores()[-1].interpreter, "lint")


def _environ(tools: Path) -> dict[str, str]:
    """The caller's environment, with these tools first, this collection found and no byte code left in the tree."""
    return {
        **os.environ,
        "PATH": os.pathsep.join((str(tools), os.environ.get("PATH", os.defpath))),
        "ANSIBLE_COLLECTIONS_PATH": str(checkout.path().parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _pytest(core: Core, name: str, *arguments: str, tools: Path | None = None) -> Step:
    tools = tools or core.bin
    report = OUTPUT / f"{name}-{core.version}.xml"
    return Step(f"{name}, {core}",
                [tools / "python", "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments,
                 f"--junitxml={report}"],
                _environ(tools), REPOSITORY, report, f"{name}: ")


def _lab(core: Core, name: str, *arguments: str, lab: str = "test") -> Step:
    return _pytest(core, name, *arguments, f"--new-lab={lab}")


def _importing_plugins(step: Step) -> Step:
    """The step, able to import this collection's plugins as Ansible does."""
    return dataclasses.replace(step, environ={**step.environ, "PYTHONPATH": str(checkout.path().parents[2])})


def _ansible_test(core: Core, title: str, *words: str, first_on_path: tuple[Path, ...] = ()) -> Step:
    ansible_test.prepare(core)
    command, environ, folder = ansible_test.command(core, *words, first_on_path=first_on_path)
    names = {"sanity": "ansible-test-*.xml", "units": "*-units.xml"}.get(words[0])
    return Step(title, command, environ, folder, folder / "tests" / "output" / "junit" / names if names else None)
