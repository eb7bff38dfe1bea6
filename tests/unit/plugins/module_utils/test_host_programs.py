# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting programs without a module: what run_command would say."""

import sys

from ansible_collections.fleet.ports.plugins.module_utils import _host_programs


def run(text, **options):
    return _host_programs.run([sys.executable, "-c", text], **options)


def test_code_output_and_errors():
    program = "import sys; sys.stderr.write('no'); print(input()); sys.exit(3)"
    assert run(program, data="words") == (3, "words\n", "no")


def test_text_gets_a_line_end_and_bytes_are_sent_as_they_are():
    program = "import sys; print(repr(sys.stdin.buffer.read()))"
    assert run(program, data="a")[1] == "b'a\\n'\n"
    assert run(program, data=b"a", binary_data=True)[1] == "b'a'\n"
    assert run(program)[1] == "b''\n"


def test_environment():
    program = "import os; print(os.environ['LC_ALL'], os.environ['TZ'], os.getcwd())"
    assert run(program, cwd="/", environ_update={"TZ": "UTC"})[1] == "C UTC /\n"


def test_a_program_that_is_not_there():
    code, output, errors = _host_programs.run(["/nowhere/program"])
    assert (code, output) == (127, "") and "/nowhere/program" in errors
    assert _host_programs.find("no-such-program-anywhere") is None
    assert _host_programs.find("sh").endswith("/sh")


def test_programs_of_the_administrator_are_found_without_a_path(monkeypatch, tmp_path):
    program = tmp_path / "mkfilt"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(_host_programs, "_FOLDERS", (str(tmp_path),))
    assert _host_programs.find("mkfilt") == str(program)
