"""`python -m api.keys`: make, list and revoke API keys, and rotate their webhook secrets.

It works on the Redis of REDIS_URL, as the gateway does, and takes effect at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import redis

from shared.settings import get_settings
from shared.store.api_keys import (
    KEPT_SIGNING,
    MOST_PER_MINUTE,
    ApiKey,
    ApiKeys,
    UnknownApiKeyError,
)
from shared.store.client import connect

_MOST_CHARACTERS = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks; end with status 1 where that cannot be done."""
    options = _parser().parse_args(arguments)
    with connect(get_settings()) as client:
        try:
            _run(ApiKeys(client), options)
        except UnknownApiKeyError as error:
            sys.exit(str(error))
        except redis.RedisError as error:  # whose text may hold what is in REDIS_URL
            sys.exit(f"Redis does not do it: {type(error).__name__}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.keys", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key, and show it this once")
    create.add_argument("--name", type=_name, required=True, help="whose it is, for people")
    create.add_argument(
        "--per-minute",
        type=_per_minute,
        help="its own limit of requests, 0: none (default: RATE_LIMIT_PER_MINUTE)",
    )
    commands.add_parser("list", help="all keys, without their secrets")
    for command, text in (
        ("revoke", "let a key open nothing any more"),
        ("rotate-webhook-secret", "make a key's new webhook secret, and show it this once"),
    ):
        commands.add_parser(command, help=text).add_argument("id")
    return parser


def _run(api_keys: ApiKeys, options: argparse.Namespace) -> None:
    if options.command == "create":
        key, shown = api_keys.create(options.name, options.per_minute)
        print(f"id              {key.id}")
        print(f"key             {shown}")
        print(f"webhook secret  {key.webhook_secrets[0].secret}")
        print("Keep both: they are not shown again.", file=sys.stderr)
    elif options.command == "list":
        for key in api_keys.all():
            print(_line(key))
    elif options.command == "revoke":
        print(_line(api_keys.revoke(options.id)))
    else:
        key = api_keys.rotate_webhook_secret(options.id)
        hours = KEPT_SIGNING.total_seconds() / 3600
        print(f"webhook secret  {key.webhook_secrets[0].secret}")
        print(
            f"Keep it: it is not shown again. The one before signs too, for {hours:g} h more.",
            file=sys.stderr,
        )


def _line(key: ApiKey) -> str:
    state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "valid"
    limit = {None: "limit: default", 0: "no limit"}.get(
        key.per_minute, f"limit: {key.per_minute}/min"
    )
    return f"{key.id}  {key.created_at:%Y-%m-%d %H:%M}  {state}  {limit}  {key.name}"


def _name(text: str) -> str:
    if not (text.strip() and text.isprintable() and len(text) <= _MOST_CHARACTERS):
        raise argparse.ArgumentTypeError(f"1 to {_MOST_CHARACTERS} printable characters")
    return text


def _per_minute(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_PER_MINUTE):
        raise argparse.ArgumentTypeError(f"a number from 0 to {MOST_PER_MINUTE}")
    return int(text)


if __name__ == "__main__":
    main()
