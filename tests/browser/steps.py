"""What a person does on the page, step by step."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from shared.audio_format import AudioFormat
from tests.end_to_end.processes import eventually
from tests.support.recordings import cough, encode

_DROP = """([name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: 'audio/wav' }));
  for (const type of ['dragenter', 'dragover', 'drop']) {
    const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
  }
}"""


def cough_file(seconds: float = 3.0, name: str = "cough.wav") -> FilePayload:
    """A file to choose."""
    content = encode(cough(seconds), 16_000, AudioFormat.WAV)
    return {"name": name, "mimeType": "audio/wav", "buffer": content}


def choose(page: Page, *files: FilePayload) -> None:
    """Choose files, by the page's button."""
    page.locator("#files-input").set_input_files(list(files))


def drop(page: Page, file: FilePayload) -> None:
    """Drag a file over the page and let it fall."""
    page.evaluate(_DROP, [file["name"], base64.b64encode(file["buffer"]).decode()])


def record(page: Page, seconds: float) -> None:
    """Record the microphone until the recorder's clock shows so many whole seconds."""
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("timer")).to_have_text(f"0:{seconds:02.0f}")
    page.get_by_role("button", name="Stop").click()


def send(page: Page) -> None:
    """Send what was recorded or chosen last."""
    page.get_by_role("button", name="Send for diagnosis").first.click()


def answered(page: Page) -> Locator:
    """The latest answer, when it is there with its picture."""
    answer = page.locator(".answer").first
    expect(answer.locator(".plot")).to_be_visible()
    return answer


def eventual(page: Page, expression: str) -> Any:
    """What an expression gives as soon as that is not nothing.

    Not by Playwright's own `wait_for_function`: the page's policy forbids what that does.
    """
    found: list[Any] = []

    def there() -> bool:
        found[:] = [page.evaluate(expression)]
        return bool(found[0])

    eventually(there, 20, expression)
    return found[0]


def newest_job(page: Page) -> dict[str, Any]:
    """The last job that this service took."""
    return dict(page.request.get("/v1/jobs?limit=1").json()["jobs"][0])
