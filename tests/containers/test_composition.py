"""What `docker-compose.yml` promises, read as text: a test needs neither an engine nor a parser."""

from __future__ import annotations

import re

import pytest

from shared.settings import REPOSITORY, Settings

COMPOSITION = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES = ("redis", "api", "worker", "courier")
# The composition's own business: the same for every container, or each container's own.
NOT_PASSED_ON = {"REDIS_URL", "MODELS_DIR", "WORKER_NAME"}
SECRET = {"WEBHOOK_SECRETS"}


def _block(*path: str) -> str:
    """The lines under a key, with one level of indentation taken away for each step."""
    text = re.sub(r"^\s*#.*\n", "", COMPOSITION, flags=re.MULTILINE)
    for key in path:
        found = re.search(rf"^{re.escape(key)}:.*\n((?:(?:  .*)?\n)*)", text, re.MULTILINE)
        assert found, f"docker-compose.yml has no {'.'.join(path)}"
        text = re.sub(r"^  ", "", found[1], flags=re.MULTILINE)
    return text


def _redis_options() -> dict[str, str]:
    words = re.findall(r"^- (.*)$", _block("services", "redis", "command"), re.MULTILINE)
    values = [word.strip('"') for word in words]
    return dict(zip(values[::2], values[1::2], strict=True))


def test_the_services_are_these() -> None:
    assert tuple(re.findall(r"^(\w+):", _block("services"), re.MULTILINE)) == SERVICES


def test_redis_writes_every_command_to_a_volume_before_it_answers() -> None:
    options = _redis_options()

    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--save"] == ""
    assert options["--dir"] == "/data"
    assert "- redis-data:/data" in _block("services", "redis", "volumes")
    assert "redis-data:" in _block("volumes")


def test_redis_never_forgets_a_job() -> None:
    options = _redis_options()

    assert options["--maxmemory-policy"] == "noeviction"
    # Full, it could not hand its messages to the workers: the gateway bounds what may wait.
    assert "--maxmemory" not in options


def test_redis_asks_for_the_password_that_all_are_given() -> None:
    assert _redis_options()["--requirepass"] == "${REDIS_PASSWORD:-}"
    assert _block("services", "redis", "environment").strip() == "REDIS_PASSWORD:"
    # An empty one would be sent, and refused.
    check = _block("services", "redis", "healthcheck")
    assert '[ -z "$$REDIS_PASSWORD" ] || export REDISCLI_AUTH="$$REDIS_PASSWORD"' in check
    assert "REDIS_URL: redis://:${REDIS_PASSWORD:-}@redis:6379/0" in _block("x-settings")


def test_redis_is_healthy_only_if_it_answers_and_persists() -> None:
    check = _block("services", "redis", "healthcheck")

    for proof in ("redis-cli ping", "aof_enabled:1", "aof_last_write_status:ok"):
        assert proof in check


def test_the_gateway_alone_is_published_and_on_this_machine_unless_told_otherwise() -> None:
    assert COMPOSITION.count("ports:") == 1
    assert "${HOST:-127.0.0.1}:${PORT:-8000}:8000" in _block("services", "api", "ports")


@pytest.mark.parametrize("service", ["redis", "worker"])
def test_what_reads_strangers_files_has_no_way_out(service: str) -> None:
    assert re.search(r"^networks: \[internal\]$", _block("services", service), re.MULTILINE)
    assert _block("networks", "internal").strip() == "internal: true"


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_is_confined_and_kept_running(service: str) -> None:
    assert "<<: *service" in _block("services", service)
    common = _block("x-service")

    for line in (
        "init: true",
        "restart: unless-stopped",
        "read_only: true",
        "tmpfs: [/tmp]",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
    ):
        assert line in common.splitlines()


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_gets_time_to_stop(service: str) -> None:
    found = re.search(r"^stop_grace_period: (\d+)s$", _block("services", service), re.MULTILINE)

    assert found
    assert int(found[1]) > Settings.model_fields["hard_time_limit_s"].default


def test_workers_can_be_many() -> None:
    for fixed in ("container_name", "hostname", "WORKER_NAME"):
        assert fixed not in COMPOSITION


def test_every_other_setting_can_be_set() -> None:
    names = set(re.findall(r"^([A-Z_]+):", _block("x-settings"), re.MULTILINE))
    secret = set(re.findall(r"^([A-Z_]+):", _block("x-secret-settings"), re.MULTILINE))
    settings = {name.upper() for name in Settings.model_fields}

    assert secret == SECRET
    assert names == settings - NOT_PASSED_ON - SECRET | {"REDIS_URL"}
    assert "<<: *settings" in _block("x-secret-settings")
    assert "environment: *settings" in _block("services", "worker")
    for service in ("api", "courier"):
        assert "environment: *secret-settings" in _block("services", service)


def test_the_courier_alone_can_call_out_and_nobody_can_call_it() -> None:
    assert "networks: [internal, outside]" in _block("services", "courier")
    assert COMPOSITION.count("outside]") == 1
    assert "ports:" not in _block("services", "courier")
