"""A job's event stream: Server-Sent Events (WHATWG HTML, 9.2) as lines in, jobs out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from cough_client.answers import Job, read_job
from cough_client.errors import UnexpectedAnswerError

MEDIA_TYPE: Final = "text/event-stream"


def is_event_stream(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer is a stream of events."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return status == 200 and kind == MEDIA_TYPE


class EventReader:
    """Fed the lines of a stream, it gives the job of each event that has one.

    Attributes:
        last_id: of the last event that was read whole: where to resume.
    """

    def __init__(self) -> None:
        self.last_id: str | None = None
        self.begin()

    def begin(self) -> None:
        """A new stream: what an old one left unfinished is forgotten."""
        self._data: list[str] = []
        self._id = self.last_id

    def feed(self, line: str) -> Job | None:
        """Take one line without its end.

        Raises:
            UnexpectedAnswerError: an event's data is no job.
        """
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self._data.append(value)
            elif name == "id" and "\0" not in value:
                self._id = value
            return None
        self.last_id, data, self._data = self._id, self._data, []
        if not data:
            return None  # a heartbeat
        try:
            body = json.loads("\n".join(data))
        except ValueError as error:
            raise UnexpectedAnswerError("An event is not JSON") from error
        return read_job(body)
