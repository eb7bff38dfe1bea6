# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test without a container: in a copy of the collection, with a home of its own that needs no download."""

from __future__ import annotations

import ast
import configparser
import os
import re
from pathlib import Path

from . import checkout, interpreters
from .cores import Core
from .places import CACHE
from .set_up import quietly

# ansible-test downloads a script of this name from a site of its own; Python carries the same thing with it.
_BOOTSTRAP = '''\
"""Install pip and what else is asked for, from the pip that Python itself carries."""
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install"] + wanted)
'''


def home() -> Path:
    """The home folder that ansible-test gets: the bootstrap scripts it looks for and pip's settings."""
    return CACHE / "home"


def prepare(core: Core) -> None:
    """Put into that home what this core would otherwise fetch from the network or lose with the environment."""
    source = next(core.bin.parent.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"))
    scripts = home() / ".ansible" / "test" / "cache"
    scripts.mkdir(parents=True, exist_ok=True)
    for version in re.findall(r"pip='([0-9.]+)'", source.read_text(encoding="utf-8")):
        (scripts / f"get_pip_{version.replace('.', '_')}.py").write_text(_BOOTSTRAP, encoding="utf-8")
    _write_pip_settings(core)


def prime(core: Core) -> None:
    """Make the environments that the checks of sanity run in, so that its log says nothing but what it found."""
    words, environ, folder = command(core, "sanity", "--requirements", "--prime-venvs")
    quietly(f"The environments of sanity on {core}", words, env=environ, cwd=folder)


def _write_pip_settings(core: Core) -> None:
    """Keep pip's effective settings: ansible-test drops the environment's ``PIP_*`` and the user's home."""
    shown = quietly("A copy of pip's settings", [core.bin / "python", "-m", "pip", "config", "list"])
    settings = configparser.RawConfigParser()
    for line in shown.splitlines():
        key, found, value = line.partition("=")
        section, found_too, option = key.rpartition(".")
        if found and found_too:
            section = "global" if section == ":env:" else section
            if not settings.has_section(section):
                settings.add_section(section)
            settings.set(section, option, ast.literal_eval(value))
    file = home() / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    # Readable by nobody else: an index's address may carry a password.
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        settings.write(stream)


def command(core: Core, *words: str, first_on_path: tuple[Path, ...] = ()) -> tuple[list[str], dict[str, str], Path]:
    """What to run, in which environment and where, for ``ansible-test WORDS``."""
    folders = (*first_on_path, core.bin, interpreters.folder_of_links(),
               "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    environ = {"HOME": str(home()), "PATH": os.pathsep.join(map(str, folders)), "LC_ALL": "C.UTF-8"}
    return [str(core.bin / "ansible-test"), *words, "--color", "no"], environ, checkout.path()
