"""Examples for the OpenAPI document: answers that a real run gave.

`make examples` takes them again (`tests/contract/real_answers.py`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).with_name("examples.json")


def add_examples(document: dict[str, Any]) -> None:
    """Put into the document what was answered, and to each problem that an operation declares."""
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    document["components"]["examples"] = {
        code: {"value": problem} for code, problem in examples["problems"].items()
    }
    for path in document["paths"].values():
        for operation in path.values():
            answers = examples["answers"].get(operation["operationId"], {})
            for status, by_media_type in answers.items():
                content = operation["responses"][status]["content"]
                for media_type, by_name in by_media_type.items():
                    content[media_type]["examples"] = {
                        name: {"value": value} for name, value in by_name.items()
                    }
