"""From outside: real Redis, real worker processes, a real uvicorn, HTTP."""
