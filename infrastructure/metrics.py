"""What is counted, for Prometheus: labels take few values, and none of them is personal.

Commands, requests and appended events are counted by each process for itself; what is in the database (the log's head,
read models, refusals of policies, workers) is read there when asked for, so that asking one API tells of all workers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from application.unit_of_work import Envelope
from domain.identity import SYSTEM_ACTORS
from domain.shared.refusal import Refusal
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy
from infrastructure.logs import pseudonym
from infrastructure.overview import Overview

logger = logging.getLogger("q2c.commands")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REGISTRY = CollectorRegistry()
COMMANDS = Counter("q2c_commands", "Commands by outcome: done, or why not", ["command", "outcome"], registry=REGISTRY)
COMMAND_SECONDS = Histogram(
    "q2c_command_seconds",
    "Time that a command took, with what follows it",
    ["command"],
    registry=REGISTRY,
    buckets=SECONDS,
)
REQUESTS = Counter("q2c_requests", "Answered requests", ["method", "route", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "q2c_request_seconds", "Time that an answer took", ["method", "route"], registry=REGISTRY, buckets=SECONDS
)
APPENDED = Counter("q2c_events_appended", "Events that this process has appended", registry=REGISTRY)

M = TypeVar("M", Counter, Histogram)


def request_seen(method: str, route: str, status: int, seconds: float | None) -> None:
    """A request was answered; `route` is its template, such as `/quotes/{quote_id}`. A stream is counted, not timed."""
    _of(REQUESTS, method, route, str(status)).inc()
    if seconds is not None:
        _of(REQUEST_SECONDS, method, route).observe(seconds)


@cache
def _of(metric: M, *labels: str) -> M:
    """The one of those labels, which takes few values: to look it up by them would cost as much as to count."""
    return metric.labels(*labels)


class Observation:
    """One command: what it acts on, and what came of it."""

    def __init__(self, target: UUID) -> None:
        self.target = target
        self.position: int | None = None
        self.outcome = "cancelled"


@contextmanager
def observed(command: object, envelope: Envelope, target: UUID) -> Iterator[Observation]:
    """Count a command and log it, whatever comes of it."""
    name, begun, observation = type(command).__name__, time.perf_counter(), Observation(target)
    try:
        yield observation
        observation.outcome = "done"
    except Exception as error:
        observation.outcome = _outcome(error)
        raise
    finally:
        seconds = time.perf_counter() - begun
        _of(COMMANDS, name, observation.outcome).inc()
        _of(COMMAND_SECONDS, name).observe(seconds)
        if logger.isEnabledFor(logging.INFO):
            _log(name, envelope, observation, seconds)


def _outcome(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.code()
    if isinstance(error, LogBusy):
        return "busy"
    return "unavailable" if isinstance(error, DatabaseUnavailable) else "failed"


def _log(name: str, envelope: Envelope, observation: Observation, seconds: float) -> None:
    told = {
        "command": name,
        "outcome": observation.outcome,
        "target": str(observation.target),
        "position": observation.position,
        "by": envelope.actor if envelope.actor in SYSTEM_ACTORS else "somebody",
        "correlation": pseudonym(envelope.correlation_id or envelope.key),
        "ms": round(1000 * seconds, 1),
    }
    logger.info("command", extra=told)


def exposition(overview: Overview | None) -> bytes:
    """All of it, in Prometheus' text format; without an overview, what this process knows by itself."""
    scraped = CollectorRegistry()
    Gauge("q2c_database_up", "1 if the database answers", registry=scraped).set(overview is not None)
    if overview is not None:
        scraped.register(_OfTheDatabase(overview))
    return generate_latest(REGISTRY) + generate_latest(scraped)


class _OfTheDatabase(Collector):
    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def collect(self) -> Iterable[Metric]:
        seen = self._overview
        yield GaugeMetricFamily("q2c_log_head", "Last position of the log", seen.head)
        yield GaugeMetricFamily("q2c_sealed_position", "Up to where the log is sealed", seen.sealed_position)
        yield GaugeMetricFamily("q2c_unsealed_seconds", "Age of the oldest unsealed event", seen.unsealed_seconds)
        accesses = seen.accesses_unsealed_seconds
        yield GaugeMetricFamily("q2c_accesses_unsealed_seconds", "Age of the oldest unsealed access", accesses)
        yield GaugeMetricFamily("q2c_sealing_refused", "1 if sealing is refused", seen.sealing_refused is not None)
        yield GaugeMetricFamily("q2c_policies_position", "Up to where policies have reacted", seen.policies_position)
        waits = seen.policies_waiting_seconds
        yield GaugeMetricFamily("q2c_policies_waiting_seconds", "Age of the oldest event they have not seen to", waits)
        yield GaugeMetricFamily("q2c_policy_refusals", "What policies and timers asked for in vain", seen.refusals)
        yield GaugeMetricFamily("q2c_workers", "Workers connected to the database", seen.workers)
        position = GaugeMetricFamily("q2c_read_model_position", "Last position in its tables", labels=["model"])
        lag = GaugeMetricFamily("q2c_read_model_lag", "Events not in its tables yet", labels=["model"])
        parked = GaugeMetricFamily("q2c_read_model_parked", "Aggregates that it lacks", labels=["model"])
        failed = GaugeMetricFamily("q2c_read_model_failed", "1 if it has stopped", labels=["model"])
        for model in seen.models:
            position.add_metric([model.name], model.position)
            lag.add_metric([model.name], model.lag)
            parked.add_metric([model.name], len(model.parked))
            failed.add_metric([model.name], model.state == "failed")
        yield from (position, lag, parked, failed)
