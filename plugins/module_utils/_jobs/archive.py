# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program of a job: the managed-node part of the collection as one file that any Python can run.

Ansible sends a module to the host as a zip archive with all its imports, and removes it when the module ends. The
collection's part of that archive is copied to a new archive, which calls the ``main()`` of one module.
"""

import io
import os
import zipfile

PACKAGE = "ansible_collections/fleet/ports/plugins/module_utils/"

_START = """\
from ansible_collections.fleet.ports.plugins.module_utils.{module} import main

main()
"""


def archive(module):
    """Return a zip archive, as bytes, that calls ``main()`` of this module below ``module_utils`` when Python runs it.

    The archive depends on nothing but the code, so that an unchanged collection makes the same archive again.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as whole:
        for name, source in sorted(_sources().items()):
            whole.writestr(zipfile.ZipInfo(name), source, zipfile.ZIP_DEFLATED)
        whole.writestr(zipfile.ZipInfo("__main__.py"), _START.format(module=module))
    return buffer.getvalue()


def _sources():
    """Return ``{name in the archive: content}`` of the package, which is loaded from an archive or from a folder."""
    loaded_from = getattr(__loader__, "archive", None)
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    modules = _zipped(loaded_from) if loaded_from else _in_folder(folder)
    parts = PACKAGE.split("/")[:-1]
    packages = {"/".join(parts[:depth] + ["__init__.py"]): b"" for depth in range(1, len(parts) + 1)}
    return dict(packages, **modules)


def _zipped(path):
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name) for name in whole.namelist() if name.startswith(PACKAGE)}


def _in_folder(folder):
    modules = {}
    for parent, _folders, names in os.walk(folder):
        package = PACKAGE + os.path.relpath(parent, folder).replace(os.sep, "/").strip(".") + "/"
        package = package.replace("//", "/")
        modules[package + "__init__.py"] = b""
        for name in names:
            if name.endswith(".py"):
                with open(os.path.join(parent, name), "rb") as file:
                    modules[package + name] = file.read()
    return modules
