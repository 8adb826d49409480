"""What must not be in production: settings that leave a door open."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from shared.settings import Settings

_WIDEST: Final = {4: 8, 6: 7}  # the private ones: 10.0.0.0/8, fc00::/7


class InsecureSettingsError(Exception):
    """The settings are not fit for production; the message says which, all of them."""


def refuse_insecure(settings: Settings) -> None:
    """Let production be safe, or not be.

    Raises:
        InsecureSettingsError: in production, with a setting that leaves a door open.
    """
    doors = _open_doors(settings) if settings.production else []
    if doors:
        raise InsecureSettingsError(
            "\n  ".join(["ENVIRONMENT=production, and these settings are not safe:", *doors])
        )


def _open_doors(settings: Settings) -> list[str]:
    doors = []
    redis = urlsplit(settings.redis_url)
    if redis.scheme != "unix" and not redis.password:
        doors.append("REDIS_URL has no password: whoever reaches that port reads every recording")
    if "*" in settings.cors_allowed_origins:
        doors.append("CORS_ALLOWED_ORIGINS is '*': any site's page may ask; name the sites")
    wide = [host for host in settings.webhook_allowed_hosts if is_nearly_everything(host)]
    if wide:
        doors.append(f"WEBHOOK_ALLOWED_HOSTS has {', '.join(wide)}: name hosts, or a network")
    if settings.log_level == "DEBUG":
        doors.append("LOG_LEVEL is DEBUG: libraries log what passes through them")
    return doors


def is_nearly_everything(host: str) -> bool:
    """Whether an entry of an allow-list lets through what no one network holds."""
    if "/" not in host:
        return host == "*"
    network = ip_network(host)
    return network.prefixlen < _WIDEST[network.version]
