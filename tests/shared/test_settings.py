"""Settings come from the environment, and a set of them that cannot work is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import REPOSITORY, Settings
from tests.support.webhooks import secret_of


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_need_be_set() -> None:
    settings = Settings()

    assert settings.max_upload_bytes == 10 * 1024 * 1024
    assert settings.max_waiting_jobs == 1000
    assert settings.max_audio_seconds == 60
    assert settings.models_dir == REPOSITORY / "models"


def test_each_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///run/redis.sock")
    monkeypatch.setenv("MODELS_DIR", "somewhere")
    monkeypatch.setenv("MAX_AUDIO_SECONDS", "2.5")
    monkeypatch.setenv("max_waiting_jobs", "7")

    settings = Settings()

    assert settings.redis_url == "unix:///run/redis.sock"
    assert settings.models_dir == Path("somewhere")
    assert settings.max_audio_seconds == 2.5
    assert settings.max_waiting_jobs == 7


@pytest.mark.parametrize(
    ("soft", "hard", "visibility"), [(8, 8, 10), (9, 8, 10), (7, 10, 10), (7, 11, 10), (12, 11, 10)]
)
def test_time_limits_out_of_order_are_refused(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, visibility: int
) -> None:
    monkeypatch.setenv("SOFT_TIME_LIMIT_S", str(soft))
    monkeypatch.setenv("HARD_TIME_LIMIT_S", str(hard))
    monkeypatch.setenv("VISIBILITY_TIMEOUT_S", str(visibility))

    with pytest.raises(ValidationError, match="must hold"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "http://localhost"),
        ("MODEL", "sick-sounds"),
        ("MAX_UPLOAD_BYTES", "0"),
        ("MAX_WAITING_JOBS", "-1"),
        ("MAX_AUDIO_SECONDS", "a minute"),
        ("RESULT_TTL_S", "0"),
        ("WORKER_CONCURRENCY", "0"),
        ("MAX_DELIVERIES", "0"),
        ("LOG_LEVEL", "chatty"),
        ("WEBHOOK_SECRETS", "whsec_"),
        ("WEBHOOK_SECRETS", secret_of("a").removeprefix("whsec_")),
        ("WEBHOOK_SECRETS", secret_of("a") + ",whsec_c2hvcnQ="),
        ("WEBHOOK_SECRETS", "whsec_" + "no base64!" * 4),
        ("WEBHOOK_ALLOWED_HOSTS", "*"),
        ("WEBHOOK_ALLOWED_HOSTS", "http://hooks.intranet"),
        ("WEBHOOK_ALLOWED_HOSTS", "10.0.0.1/8"),
        ("WEBHOOK_ALLOWED_HOSTS", "10.0.0.256"),
        ("WEBHOOK_TIMEOUT_S", "0"),
        ("ENVIRONMENT", "prod"),
        ("RATE_LIMIT_PER_MINUTE", "-1"),
        ("CORS_ALLOWED_ORIGINS", "https://example.org/page"),
        ("CORS_ALLOWED_ORIGINS", "https://example.org/"),
        ("CORS_ALLOWED_ORIGINS", "null"),
        ("CORS_ALLOWED_ORIGINS", "example.org"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_an_error_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "http://:a-password@redis")

    with pytest.raises(ValidationError) as refusal:
        Settings()

    assert "a-password" not in str(refusal.value)


def test_an_error_shows_no_webhook_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRETS", f"{secret_of('a')},whsec_typo")

    with pytest.raises(ValidationError) as refusal:
        Settings()

    for secret in (secret_of("a"), "typo"):
        assert secret not in str(refusal.value)


def test_webhook_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRETS", f"{secret_of('a')}, {secret_of('b')}")
    settings = Settings()

    secrets = [secret.get_secret_value() for secret in settings.webhook_secrets]
    assert secrets == [secret_of("a"), secret_of("b")]
    assert secrets[0] not in f"{settings!r} {settings}"


def test_hosts_are_names_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_ALLOWED_HOSTS", "Hooks.Intranet., 127.0.0.1,10.0.0.0/8,::1")

    assert Settings().webhook_allowed_hosts == (
        "hooks.intranet",
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    )


def test_a_call_that_outlives_its_lease_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_TIMEOUT_S", "30")

    with pytest.raises(ValidationError, match="WEBHOOK_TIMEOUT_S < WEBHOOK_LEASE_S"):
        Settings()


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", " https://one.example, http://[::1]:3000,")

    assert Settings().cors_allowed_origins == ("https://one.example", "http://[::1]:3000")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().max_waiting_jobs = 1  # type: ignore[misc]
