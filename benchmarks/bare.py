"""The ceiling: a FastAPI app that reads an upload and answers, and does nothing with it."""

from __future__ import annotations

import argparse

import uvicorn
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/upload", status_code=202)
async def upload(file: UploadFile) -> dict[str, int]:
    """Read the file."""
    return {"bytes": len(await file.read())}


@app.get("/nothing")
async def nothing() -> dict[str, str]:
    """Answer."""
    return {"status": "alive"}


def main() -> None:
    """Serve with the gateway's settings of uvicorn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        app,
        port=parser.parse_args().port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
