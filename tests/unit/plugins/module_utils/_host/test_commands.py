# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting programs of the host, of which some hang, and some leave a daemon behind."""

import os
import signal
import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


def run(text, **options):
    return commands.run([sys.executable, "-c", text], **options)


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
    code, output, errors = commands.run(["/nowhere/program"])
    assert (code, output) == (127, "") and "/nowhere/program" in errors
    assert commands.find("no-such-program-anywhere") is None
    assert commands.find("sh").endswith("/sh")


def test_programs_of_the_administrator_are_found_without_a_path(monkeypatch, tmp_path):
    program = tmp_path / "mkfilt"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(commands, "_FOLDERS", (str(tmp_path),))
    assert commands.find("mkfilt") == str(program)


def test_more_than_a_pipe_holds_goes_both_ways():
    data = bytes(range(256)) * 2000
    program = "import sys; data = sys.stdin.buffer.read(); sys.stderr.write(str(len(data))); print('x' * len(data))"
    assert run(program, data=data, binary_data=True) == (0, "x" * len(data) + "\n", str(len(data)))


def test_a_program_that_does_not_read_its_input_is_no_error():
    assert run("import sys; sys.stdin.close()", data=b"x" * 1000000, binary_data=True) == (0, "", "")


def test_a_program_that_hangs_is_ended_with_all_it_has_started(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "LIMIT", 1)
    note = tmp_path / "pid"
    with pytest.raises(HostError) as error:
        commands.run(["/bin/sh", "-c", f"sleep 60 & echo $! > {note}; wait"])
    assert str(error.value) == (
        f"'/bin/sh -c sleep 60 & echo $! > {note}; wait' did not end within 1 s, so it was killed; check what it waits"
        " for on this host, then run again."
    )
    assert wait_until(lambda: not is_alive(int(note.read_text())))


def test_a_program_that_hangs_with_its_output_closed_is_ended(monkeypatch):
    monkeypatch.setattr(commands, "LIMIT", 1)
    with pytest.raises(HostError):
        run("import os, time; os.close(1); os.close(2); time.sleep(60)")


def test_a_daemon_that_is_left_behind_is_neither_waited_for_nor_ended(tmp_path):
    note = tmp_path / "pid"
    began = time.monotonic()
    assert commands.run(["/bin/sh", "-c", f"sleep 60 & echo $! > {note}; echo started"])[:2] == (0, "started\n")
    assert time.monotonic() - began < 10
    daemon = int(note.read_text())
    assert is_alive(daemon)
    os.kill(daemon, signal.SIGKILL)


def test_commands_that_start_services_have_more_time():
    asked = [commands._limit(program) for program in ("/usr/sbin/nft", "systemctl", "/etc/init.d/nfs", "stopsrc")]
    assert asked == [60, 300, 300, 300]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so):
    deadline = time.monotonic() + 5
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


def test_a_word_that_no_program_can_be_told():
    code, output, errors = commands.run(["/bin/echo", "a\0b"])
    assert (code, output) == (127, "") and errors


def test_a_program_that_prints_without_an_end_is_ended(monkeypatch):
    monkeypatch.setattr(commands, "_MOST_BYTES", 1 << 20)
    with pytest.raises(HostError, match="printed more than 1 MiB, so it was killed"):
        commands.run(["/bin/sh", "-c", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"])
