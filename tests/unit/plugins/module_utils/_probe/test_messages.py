# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A question is a call on which no service acts; only its own answer counts, and an answer is never answered."""

import struct

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._probe import messages
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends

NONCE = bytes(range(8))
ENDS = Ends("udp", "192.0.2.1", 600, "192.0.2.2", 700)
QUESTION = messages.question(NONCE, ENDS)
ANSWER = messages.answer(NONCE, ENDS)


def test_a_question_proves_its_ends():
    assert messages.asked(QUESTION) == messages.token(NONCE, ENDS)


@pytest.mark.parametrize("field", ["protocol", "source", "source_port", "destination", "destination_port"])
def test_other_ends_have_another_proof(field):
    assert messages.token(NONCE, ENDS._replace(**{field: "other"})) != messages.token(NONCE, ENDS)


def test_another_run_has_another_proof():
    assert messages.token(NONCE[::-1], ENDS) != messages.token(NONCE, ENDS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * len(QUESTION),
        QUESTION[:-1],
        QUESTION + b"\0",
        QUESTION[:40] + b"FPRT" + QUESTION[44:],
        b"\0" + QUESTION[1:],
        QUESTION[:-16] + b"\0" * 16,
        ANSWER,
    ],
)
def test_data_that_is_not_a_question(data):
    assert messages.asked(data) is None


def test_a_question_is_a_call_to_a_program_that_does_not_exist():
    _number, kind, version, program, _program_version, procedure = struct.unpack_from(">6I", QUESTION)
    assert (kind, version, procedure) == (0, 2, 0)
    assert 0x20000000 <= program <= 0x3FFFFFFF  # RFC 5531: defined by users


def test_a_question_is_no_request_of_tftp_bootp_or_dhcp():
    assert struct.unpack_from(">H", QUESTION)[0] not in range(0, 7)
    assert QUESTION[0] not in (1, 2)


def test_an_answer_is_a_shorter_reply_to_the_question_and_says_that_the_program_is_unavailable():
    assert len(ANSWER) < len(QUESTION)
    assert ANSWER[:4] == QUESTION[:4]
    # RFC 5531: REPLY, MSG_ACCEPTED, a verifier of flavour AUTH_NONE and length 0, PROG_UNAVAIL.
    assert struct.unpack_from(">5I", ANSWER, 4) == (1, 0, 0, 0, 1)
    assert QUESTION[-16:] not in ANSWER


def test_the_reply_of_a_real_service():
    reply = QUESTION[:4] + struct.pack(">5I", 1, 0, 0, 0, 1)
    assert messages.is_service_reply(reply, NONCE, ENDS)
    assert not messages.is_service_reply(reply, NONCE, ENDS._replace(source_port=601))
    assert not messages.is_service_reply(QUESTION, NONCE, ENDS)
    assert not messages.is_service_reply(b"", NONCE, ENDS)


def test_a_forged_answer_is_no_reply_of_a_service():
    assert not messages.is_service_reply(ANSWER[:-1] + b"\0", NONCE, ENDS)
