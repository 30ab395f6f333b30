"""The doctor asked from another process: all checks, and the findings as plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from inspector.directory import Directory
from inspector.doctor.doctor import Doctor
from inspector.doctor.report import as_json, as_text
from inspector.doctor.scene import Program, Scene
from inspector.domain.endpoint import EndpointId


async def examine(program: Program, wanted: str) -> dict[str, Any]:
    """Make every check for an endpoint (its name, number, token or path; "" for the first) and return the findings.

    `problem` is set where there is no such endpoint; else `text` is the report for people and the rest for programs.
    """
    endpoint_id = _meant(program.directory, wanted) if wanted else None
    if wanted and endpoint_id is None:
        known = ", ".join(endpoint.name for endpoint in program.directory.all())
        return {"problem": f"There is no endpoint {wanted!r}.", "known": known}
    doctor = Doctor(Scene.of(program, endpoint_id))
    await doctor.run()
    resolved, verdict = doctor.resolved, doctor.verdict()
    name = resolved.endpoint.name if resolved is not None else ""
    values = as_json(doctor.findings, verdict, name, doctor.address)
    return {**values, "text": as_text(doctor.findings, verdict, name, datetime.now(UTC))}


def _meant(directory: Directory, wanted: str) -> EndpointId | None:
    for endpoint in directory.all():
        if wanted in (endpoint.name, str(endpoint.id), endpoint.token, endpoint.path):
            return endpoint.id
    named = [endpoint for endpoint in directory.all() if endpoint.name.lower() == wanted.lower()]
    return named[0].id if len(named) == 1 else None
