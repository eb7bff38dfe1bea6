# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m tests.docs site`` builds the site; ``… rows`` updates the rows of the worked examples."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.bench import playbook

from . import pages, site


def main() -> int:
    """Carry out the command and print the path of the result."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.docs", description=__doc__)
    parser.add_argument("what", choices=("site", "rows"))
    what = parser.parse_args().what
    with playbook.collections() as folder:
        if what == "rows":
            sys.path.insert(0, str(folder))
            _write_rows()
            return 0
        os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(folder)
        try:
            print(f"The site: {site.make()}")
        except (pages.BrokenLink, subprocess.CalledProcessError) as error:
            print(error, file=sys.stderr)
            return 1
        return 0


def _write_rows() -> None:
    from . import worked  # what it imports is found from here on

    for path in pages.documents():
        file = pages.REPOSITORY / path
        before = file.read_text(encoding="utf-8")
        after = worked.computed(before)
        if after != before:
            file.write_text(after, encoding="utf-8")
            print(path)


if __name__ == "__main__":
    sys.exit(main())
