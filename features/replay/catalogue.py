"""All events with all of their fields, down to the values within them, as the codec stores them.

`python -m features.replay.catalogue` writes the catalogue anew: what changed is then seen in review.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from domain.shared.aggregate import Aggregate, Event
from infrastructure.history import import_domain

FILE = Path(__file__).with_name("catalogue.json")


def events() -> dict[str, type[Event]]:
    """Every event that the domain declares, by its stored name."""
    import_domain()
    return {topic: kind for topic, kind in Aggregate.EVENTS.items() if kind.__module__.startswith("domain.")}


def present() -> dict[str, Any]:
    """The fields of every event, and of every value that they are made of."""
    declared = events()
    schemas, values = msgspec.json.schema_components(declared.values(), ref_template="{name}")
    described = {topic: _plain(values.pop(schema["$ref"])) for topic, schema in zip(declared, schemas, strict=True)}
    return {"events": described, "values": _plain(values)}


def kept() -> dict[str, Any]:
    """The catalogue as it was checked in."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def _plain(value: Any) -> Any:
    """Names, types and defaults; not what is said of them."""
    if isinstance(value, dict):
        return {
            name: _plain(part)
            for name, part in value.items()
            if name not in ("title", "description") or not isinstance(part, str)
        }
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    FILE.write_text(json.dumps(present(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
