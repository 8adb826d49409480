"""Each door that a setting leaves open is found, and no other."""

from __future__ import annotations

import pytest

from api.production import InsecureSettingsError, is_nearly_everything, refuse_insecure
from shared.settings import Settings

SAFE: dict[str, object] = {
    "environment": "production",
    "redis_url": "redis://:a-password@redis:6379/0",
    "cors_allowed_origins": ["https://example.org", "http://intranet:8080", "http://[::1]:3000"],
    "webhook_allowed_hosts": ["hooks.intranet", "10.0.0.0/8", "fc00::/7"],
    "log_level": "INFO",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redis_url", "redis://redis:6379/0"),
        ("redis_url", "rediss://user@redis:6379/0"),
        ("redis_url", "redis://:@redis:6379/0"),
        ("cors_allowed_origins", "*"),
        ("cors_allowed_origins", "https://example.org, *"),
        ("webhook_allowed_hosts", "10.1.0.0/16, 0.0.0.0/0"),
        ("log_level", "DEBUG"),
    ],
)
def test_an_open_door_is_named_and_no_other(name: str, value: str) -> None:
    with pytest.raises(InsecureSettingsError) as refusal:
        refuse_insecure(Settings.model_validate({**SAFE, name: value}))

    named = {field for field in Settings.model_fields if field.upper() in str(refusal.value)}
    assert named == {"environment", name}
    assert "a-password" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["unix:///run/redis.sock", "rediss://user:password@redis", "redis://:password@redis"]
)
def test_with_all_closed_it_may_start(url: str) -> None:
    refuse_insecure(Settings.model_validate({**SAFE, "redis_url": url}))


def test_development_may_be_as_open_as_it_likes() -> None:
    refuse_insecure(Settings(redis_url="redis://redis", log_level="DEBUG"))


@pytest.mark.parametrize("host", ["*", "0.0.0.0/0", "::/0", "128.0.0.0/1", "8000::/1", "8.0.0.0/6"])
def test_an_allow_list_of_nearly_everything_is_none(host: str) -> None:
    assert is_nearly_everything(host)


@pytest.mark.parametrize("host", ["10.0.0.0/8", "127.0.0.1", "fc00::/7", "::1", "hooks.intranet"])
def test_a_network_and_a_host_are_less_than_everything(host: str) -> None:
    assert not is_nearly_everything(host)
