# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages of a probe: a question that is harmless to any service, and an answer that only the listener can give.

A question may reach a real service, so it is one on which no service acts: an ONC RPC call (RFC 5531) to a program that
does not exist. RPC services reply that the program is unavailable, which also proves that the question arrived. Because
of its first byte it is no request of TFTP (opcodes 1 to 6 in two bytes), BOOTP or DHCP (opcodes 1 and 2 in one byte).

A token follows the call: the nonce of the run, hashed together with the two ends. An answer is an RPC reply with
another such token. It is shorter than the question, so nothing is amplified, and it is no call, so no answer is
answered. Over TCP the listener sends first, so a real service never receives any data.
"""

import hashlib
import hmac
import struct

FIRST_BYTE = 0xF1
CALL, REPLY = 0, 1
RPC_VERSION = 2
# The program number is in the range that RFC 5531 reserves for users. Procedure 0 does nothing in any program.
PROGRAM, PROGRAM_VERSION, PROCEDURE = 0x2066706F, 1, 0
ACCEPTED, PROGRAM_UNAVAILABLE = 0, 1
NO_AUTHENTICATION = (0, 0)

MARK = b"fprt"
TOKEN_LENGTH = 16
# Enough for any question, answer or reply; the rest of a longer packet is discarded.
MAX_PACKET_BYTES = 2048

_CALL = struct.Struct(">10I")
_REPLY = struct.Struct(">6I")
MARK_OFFSET = _CALL.size
QUESTION_LENGTH = _CALL.size + len(MARK) + TOKEN_LENGTH


def token(nonce, ends):
    """Return the 16 bytes that prove that a question belongs to the run and to these ends."""
    return _token(nonce, b"question", ends)


def question(nonce, ends):
    """Return the 60 bytes of the question: RPC call, mark, token."""
    proof = token(nonce, ends)
    call = (_transaction_id(proof), CALL, RPC_VERSION, PROGRAM, PROGRAM_VERSION, PROCEDURE) + NO_AUTHENTICATION * 2
    return _CALL.pack(*call) + MARK + proof


def asked(data):
    """Return the token of a question, or None if the data is no question."""
    if len(data) != QUESTION_LENGTH or data[MARK_OFFSET:-TOKEN_LENGTH] != MARK:
        return None
    proof = data[-TOKEN_LENGTH:]
    return proof if data[:8] == struct.pack(">II", _transaction_id(proof), CALL) else None


def answer(nonce, ends):
    """Return the 44 bytes of the answer: RPC reply (program unavailable), mark, token."""
    reply = (_transaction_id(token(nonce, ends)), REPLY, ACCEPTED) + NO_AUTHENTICATION + (PROGRAM_UNAVAILABLE,)
    return _REPLY.pack(*reply) + MARK + _token(nonce, b"answer", ends)


def is_service_reply(data, nonce, ends):
    """Return whether the data is the reply of a real RPC service to this question; its transaction id says so."""
    return data[:8] == struct.pack(">II", _transaction_id(token(nonce, ends)), REPLY) and len(data) <= _REPLY.size


def _transaction_id(proof):
    """Return the RPC transaction id of the question, which its reply repeats."""
    return int.from_bytes(bytes([FIRST_BYTE]) + proof[:3], "big")


def _token(nonce, word, ends):
    text = " ".join(str(part) for part in ends).encode()
    return hmac.new(nonce, word + b" " + text, hashlib.sha256).digest()[:TOKEN_LENGTH]
