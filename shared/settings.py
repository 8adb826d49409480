"""All settings, read from the environment once per process. `docs/configuration.md` lists them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.webhooks import allowed_host, signing_key

REPOSITORY = Path(__file__).resolve().parent.parent

_ORIGIN = r"^(\*|https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?)$"


def _split(value: object) -> object:
    """Parts between commas."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


_Origins = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=_ORIGIN)], ...],
    NoDecode,
    BeforeValidator(_split),
]


def _check_secret(secret: SecretStr) -> SecretStr:
    signing_key(secret.get_secret_value())
    return secret


_Secrets = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_check_secret)], ...],
    NoDecode,
    BeforeValidator(_split),
]
_Hosts = Annotated[
    tuple[Annotated[str, AfterValidator(allowed_host)], ...], NoDecode, BeforeValidator(_split)
]


class Settings(BaseSettings):
    """Settings of the gateway and the worker; each is an environment variable of its name."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # a password is part of one, and secrets are
    )

    environment: Literal["development", "production"] = Field(
        default="development", description="Open without a key only in development"
    )

    redis_url: str = Field(
        default="redis://localhost:6379/0",
        pattern=r"^(redis|rediss|unix)://",
        description="The one Redis: queue, jobs and recordings",
    )
    models_dir: Path = Field(default=REPOSITORY / "models", description="Where the bundles are")
    model: str = Field(
        default="sick-sounds@2.0.0",
        pattern=r"^[^@]+@[^@]+$",
        description="name@version of the bundle that diagnoses",
    )

    rate_limit_per_minute: int = Field(
        default=600, ge=0, le=1_000_000, description="of one API key, in requests; 0: none"
    )
    cors_allowed_origins: _Origins = Field(
        default=(), description="Sites whose pages may ask, separated by commas"
    )

    max_upload_bytes: int = Field(default=10 * 1024 * 1024, gt=0, description="of one recording")
    max_batch_bytes: int = Field(
        default=32 * 1024**2, gt=0, description="of one request with several recordings"
    )
    max_waiting_jobs: int = Field(default=1000, gt=0, description="More are refused with 503")
    max_waiting_bytes: int = Field(
        default=1024**3, gt=0, description="of recordings kept for jobs that have not ended"
    )
    max_picture_bytes: int = Field(
        default=512 * 1024**2, gt=0, description="of kept pictures; the oldest make room"
    )
    max_incoming_bytes: int = Field(
        default=40 * 1024**2, gt=0, description="of bodies that one gateway is reading at a time"
    )
    head_timeout_s: float = Field(
        default=10.0, gt=0, description="for a connection to have sent a request's headers"
    )
    body_timeout_s: float = Field(
        default=20.0, gt=0, description="for each 64 KiB of a request's body, and its rest"
    )
    max_audio_seconds: float = Field(default=60.0, gt=0, description="of decoded audio")

    result_ttl_s: int = Field(default=24 * 3600, gt=0, description="How long ended jobs are kept")
    recording_ttl_s: int = Field(
        default=24 * 3600, gt=0, description="How long a recording may wait for a worker"
    )

    worker_concurrency: int = Field(default=2, gt=0, description="Pool children per worker")
    worker_memory_bytes: int = Field(
        default=1536 * 1024**2, ge=1024**3, description="of address space of each pool child"
    )
    worker_name: str = Field(default="", description="Celery node name; empty: worker@<hostname>")
    max_deliveries: int = Field(
        default=3, gt=0, description="A job whose worker died this often fails with worker_lost"
    )
    soft_time_limit_s: int = Field(default=7, gt=0)
    hard_time_limit_s: int = Field(default=8, gt=0)
    visibility_timeout_s: int = Field(
        default=10, gt=0, description="A message held longer is given to another worker"
    )
    heartbeat_max_age_s: int = Field(
        default=15, gt=0, description="A worker that took nothing for longer is deaf"
    )

    event_heartbeat_s: float = Field(
        default=15.0, gt=0, description="A stream of events is silent for no longer"
    )

    webhook_secrets: _Secrets = Field(
        default=(), description="whsec_..., the newest first; all sign what comes without a key"
    )
    webhook_allowed_hosts: _Hosts = Field(
        default=(), description="Names, addresses, networks that may be called though not public"
    )
    webhook_timeout_s: float = Field(default=15.0, gt=0, description="of one call, all in all")
    webhook_lease_s: float = Field(
        default=30.0, gt=0, description="A delivery held longer is given to another courier"
    )
    webhook_first_retry_s: float = Field(
        default=5.0, gt=0, le=600, description="after the first failure; later ones wait longer"
    )
    webhook_concurrency: int = Field(default=64, gt=0, description="Calls at once per courier")

    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: Literal["text", "json"] | None = Field(
        default=None, description="None: text in development, json in production"
    )
    metrics_port: int = Field(default=0, ge=0, le=65535, description="of each program; 0: none")
    metrics_host: str = Field(default="127.0.0.1", description="Where metrics are served")
    otel_exporter_otlp_endpoint: str = Field(
        default="", description="Where traces go, by OTLP over HTTP; empty: there are none"
    )

    @property
    def production(self) -> bool:
        """Whether strangers may be on the other side."""
        return self.environment == "production"

    @property
    def logs_are_json(self) -> bool:
        """Whether programs are to read the logs."""
        return self.production if self.log_format is None else self.log_format == "json"

    @model_validator(mode="after")
    def _time_limits_are_ordered(self) -> Self:
        # A job that outlives the visibility timeout would run twice.
        limits = (self.soft_time_limit_s, self.hard_time_limit_s, self.visibility_timeout_s)
        if not limits[0] < limits[1] < limits[2]:
            raise ValueError(
                "SOFT_TIME_LIMIT_S < HARD_TIME_LIMIT_S < VISIBILITY_TIMEOUT_S must hold"
            )
        return self

    @model_validator(mode="after")
    def _a_call_ends_before_its_lease(self) -> Self:
        # A webhook whose lease ended while it was called would be called twice at once.
        if not self.webhook_timeout_s < self.webhook_lease_s:
            raise ValueError("WEBHOOK_TIMEOUT_S < WEBHOOK_LEASE_S must hold")
        return self


@lru_cache
def get_settings() -> Settings:
    """The process's settings.

    Raises:
        pydantic.ValidationError: a variable has a value that cannot be used.
    """
    return Settings()
