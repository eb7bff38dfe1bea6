# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of AWX's API that the modules of awx.awx use: it stores objects and runs launched jobs."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import surveys
from .objects import PROJECT

Thing = dict[str, Any]
Launch = Callable[[str, Thing], bool]
"""Runs a job template by its name with what was posted, and says whether it succeeded."""

_API = "/api/v2/"
# What AWX takes for a playbook.
_PLAYBOOK = re.compile(r"^\s*-?\s*(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):", re.M)
_TYPES = {"inventories": "inventory"}
_SUBS = ("survey_spec", "credentials", "success_nodes", "launch", "create_approval_template")
_SECRETS = ("ssh_key_data",)


class Answer(Exception):
    """An answer of the API: status and document."""

    def __init__(self, status: int, document: object) -> None:
        super().__init__(status)
        self.status = status
        self.document = document


class Simulator:
    """The objects in AWX, by endpoint and number."""

    def __init__(self, launch: Launch) -> None:
        self.things: dict[str, dict[int, Thing]] = {}
        self._start = launch
        self._numbers = itertools.count(1)
        self.add("organizations", {"name": "Default"})
        self.add("credential_types", {"name": "Machine"})

    def add(self, endpoint: str, fields: Mapping[str, Any]) -> Thing:
        """Create an object, with the fields that AWX adds."""
        number = next(self._numbers)
        url = f"{_API}{endpoint}/{number}/"
        thing = {"id": number, "url": url, "type": _TYPES.get(endpoint, endpoint[:-1]), "summary_fields": {}, **fields}
        thing["related"] = {sub: f"{url}{sub}/" for sub in _SUBS}
        if endpoint == "projects":
            update = self.add("project_updates", {"status": "successful", "name": fields["name"]})
            thing |= {"scm_revision": "", "summary_fields": {"current_update": {"id": update["id"]}}}
        self.things.setdefault(endpoint, {})[number] = thing
        return thing

    def names(self, endpoint: str) -> list[str]:
        """The names of all objects of an endpoint."""
        return [thing["name"] for thing in self.things.get(endpoint, {}).values()]

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Thing) -> Answer:
        """Carry out a request."""
        endpoint, *rest = path.removeprefix(_API).strip("/").split("/")
        if not rest:
            return Answer(201, self._create(endpoint, body)) if method == "POST" else self._find(endpoint, query)
        thing = self.things.get(endpoint, {}).get(int(rest[0]))
        if thing is None:
            return Answer(404, {"detail": "Not found."})
        if len(rest) == 1:
            if method == "PATCH":
                kept = {"name", "description", "timeout"} if endpoint == "workflow_approval_templates" else set(body)
                thing.update({name: value for name, value in body.items() if name in kept})
            return Answer(200, _without_secrets(thing))
        return getattr(self, f"_{rest[1]}")(method, thing, body)

    def _create(self, endpoint: str, body: Thing) -> Thing:
        if endpoint == "job_templates":
            playbook = PROJECT / body["playbook"]
            if not playbook.exists() or not _PLAYBOOK.search(playbook.read_text()):
                raise Answer(400, {"playbook": ["Playbook not found for project."]})
            body = {"survey_enabled": False, "ask_variables_on_launch": False, "ask_limit_on_launch": False, **body}
        return _without_secrets(self.add(endpoint, body))

    def _find(self, endpoint: str, query: Mapping[str, str]) -> Answer:
        kinds = ("job_templates", "workflow_job_templates") if endpoint == "unified_job_templates" else (endpoint,)
        things = [thing for kind in kinds for thing in self.things.get(kind, {}).values()]
        return _list([thing for thing in things if all(str(thing.get(name)) == query[name] for name in query)])

    def _survey_spec(self, method: str, thing: Thing, body: Thing) -> Answer:
        if method == "GET":
            return Answer(200, thing.get("survey_spec", {}))
        wrong = list(surveys.complaints(body))
        if wrong:
            return Answer(400, {"error": wrong[0]})
        thing["survey_spec"] = body
        return Answer(200, {})

    def _associations(self, name: str, method: str, thing: Thing, body: Thing) -> Answer:
        linked = thing.setdefault(f"linked_{name}", [])
        if method == "POST":
            linked.append(body["id"])
            return Answer(204, None)
        return _list([{"id": number} for number in linked])

    def _credentials(self, method: str, thing: Thing, body: Thing) -> Answer:
        return self._associations("credentials", method, thing, body)

    def _success_nodes(self, method: str, thing: Thing, body: Thing) -> Answer:
        return self._associations("success_nodes", method, thing, body)

    def _create_approval_template(self, _method: str, thing: Thing, body: Thing) -> Answer:
        fields = {name: body[name] for name in ("name", "description", "timeout") if name in body}
        approval = self.add("workflow_approval_templates", fields)
        thing["unified_job_template"] = approval["id"]
        thing["related"]["unified_job_template"] = approval["url"]
        return Answer(201, approval)

    def _launch(self, _method: str, thing: Thing, body: Thing) -> Answer:
        template = {**thing, "extra_vars": json.loads(thing.get("extra_vars", "{}"))}
        try:
            surveys.accept(template, body.get("extra_vars", {}))
        except surveys.Refused as refusal:
            return Answer(400, {"variables_needed_to_start": [str(refusal)]})
        succeeded = self._start(thing["name"], body)
        state = {"status": "successful" if succeeded else "failed", "failed": not succeeded, "finished": "now"}
        return Answer(201, self.add("jobs", {"name": thing["name"], **state}))


def _list(things: list[Thing]) -> Answer:
    results = [_without_secrets(thing) for thing in things]
    return Answer(200, {"count": len(results), "results": results, "next": None})


def _without_secrets(thing: Thing) -> Thing:
    inputs = {name: "$encrypted$" if name in _SECRETS else value for name, value in thing.get("inputs", {}).items()}
    return {**thing, "inputs": inputs} if inputs else thing


@contextmanager
def serving(simulator: Simulator) -> Iterator[str]:
    """Serve the API on this machine; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            try:
                answer = simulator.answer(self.command, url.path, dict(parse_qsl(url.query)), body)
            except Answer as refusal:
                answer = refusal
            content = b"" if answer.document is None else json.dumps(answer.document).encode()
            self.send_response(answer.status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _respond

        def log_message(self, *_words: object) -> None:
            """Do not log requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
