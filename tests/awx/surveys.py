# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of AWX for surveys: valid questions, and valid answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DEFAULTS = {"text": str, "textarea": str, "multiplechoice": str, "multiselect": (str, list), "integer": int}


class Refused(Exception):
    """AWX refuses to launch; the text is its message for the user."""


def complaints(survey: Mapping[str, Any]) -> Iterator[str]:
    """Yield the errors that AWX reports for the questions."""
    for field, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(survey.get(field), kind):
            yield f"Field '{field}' is missing from survey spec."
    seen = set()
    for question in survey.get("spec", []):
        variable = question.get("variable")
        for field in ("type", "question_name", "variable"):
            if not isinstance(question.get(field), str):
                yield f"{variable}: {field} has to be a string"
        if not isinstance(question.get("required"), bool):
            yield f"{variable}: required has to be a boolean"
        if variable in seen:
            yield f"{variable}: asked twice"
        seen.add(variable)
        if question["type"] not in DEFAULTS:
            yield f"{variable}: {question['type']} is no type of question"
            continue
        default = question.get("default", "")
        if default != "" and not isinstance(default, DEFAULTS[question["type"]]):
            yield f"{variable}: the default {default!r} is not of the type {question['type']}"
        for limit in ("min", "max"):
            if limit in question and not _whole(question[limit]):
                yield f"{variable}: {limit} has to be an integer"
        if question["type"].startswith("multi"):
            chosen = default.splitlines() if isinstance(default, str) else default
            if not set(chosen) <= set(question.get("choices", ())):
                yield f"{variable}: the default is none of the choices"
        elif default != "" and (wrong := _refusal(question, default)):
            yield wrong


def accept(template: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables of a job: the template's, then its survey's defaults, then the answers."""
    questions = template["survey_spec"]["spec"] if template.get("survey_enabled") else []
    asked = {question["variable"] for question in questions}
    unasked = sorted(set(answers) - asked)
    if unasked:
        raise Refused(f"Variables {', '.join(unasked)} are not allowed on launch.")
    variables = dict(template.get("extra_vars", {}))
    for question in questions:
        variable = question["variable"]
        if variable in answers:
            refusal = _refusal(question, answers[variable])
            if refusal:
                raise Refused(refusal)
            variables[variable] = answers[variable]
        elif "default" in question and not _refusal(question, question["default"]):
            variables[variable] = question["default"]
        elif question["required"]:
            raise Refused(f"'{variable}' value missing")
    return variables


def _refusal(question: Mapping[str, Any], answer: object) -> str | None:
    variable, kind = question["variable"], question["type"]
    if kind == "integer":
        if not _whole(answer):
            return f"Value {answer} for '{variable}' expected to be an integer."
        return _outside(question, answer, f"'{variable}' value {answer}")
    if kind == "multiselect":
        if not isinstance(answer, list):
            return f"'{variable}' value is expected to be a list."
        strange = [each for each in answer if each not in question["choices"]]
        return f"Value {strange[0]} for '{variable}' expected to be one of {question['choices']}." if strange else None
    if kind == "multiplechoice":
        known = answer in question["choices"]
        return None if known else f"Value {answer} for '{variable}' expected to be one of {question['choices']}."
    if not isinstance(answer, str):
        return f"Value {answer} for '{variable}' expected to be a string."
    return _outside(question, len(answer), f"The length of '{variable}' value {answer}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _outside(question: Mapping[str, Any], size: int, what: str) -> str | None:
    if "min" in question and size < question["min"]:
        return f"{what} is too small (must be at least {question['min']})."
    if "max" in question and size > question["max"]:
        return f"{what} is too large (must be no more than {question['max']})."
    return None
