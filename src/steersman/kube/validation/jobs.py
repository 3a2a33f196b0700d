"""Jobs and CronJobs."""

from __future__ import annotations

from steersman.kube.validation.metadata import cron_job_name_mistakes, selector_mistakes, shown_selector
from steersman.kube.validation.mistake import (
    Place,
    invalid,
    mapping,
    not_negative,
    one_if_given,
    one_of,
    required,
    struct,
    text,
    unsupported,
)
from steersman.kube.validation.pods import template_mistakes
from steersman.kube.validation.schedule import schedule_problem, zone_problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_SPEC = Place().field("spec")
_ENDING = ("OnFailure", "Never")


def job(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Job."""
    spec = struct(value, "spec") or {}
    yield from _job(_labeled(spec, text(struct(value, "metadata") or {}, "name")), _SPEC)
    selector, where = struct(spec, "selector"), _SPEC.field("selector")
    if spec.get("manualSelector") and selector is None:
        yield required(where)
    yield from selector_mistakes(selector, where)


def _labeled(spec: Fields, name: str) -> Fields:
    """Return the spec of a job with the labels that a server gives its pods."""
    if not name or spec.get("manualSelector"):
        return spec
    template = struct(spec, "template") or {}
    metadata = struct(template, "metadata") or {}
    labels = {**mapping(metadata, "labels"), "batch.kubernetes.io/job-name": name, "job-name": name}
    return {**spec, "template": {**template, "metadata": {**metadata, "labels": labels}}}


def _job(spec: Fields, place: Place) -> Iterator[Mistake]:
    numbers = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    yield from not_negative(spec, place, *numbers)
    yield from one_if_given(spec, place, "completionMode", ("NonIndexed", "Indexed"))
    yield from one_if_given(spec, place, "podReplacementPolicy", ("Failed", "TerminatingOrFailed"))
    template, where = struct(spec, "template") or {}, place.field("template")
    yield from template_mistakes(template, where)
    policy = text(struct(template, "spec") or {}, "restartPolicy")
    at = where.field("spec", "restartPolicy")
    if policy in ("", "Always"):
        yield required(at, 'valid values: "OnFailure", "Never"')
    elif policy not in _ENDING:
        yield unsupported(at, policy, _ENDING)


def cron_job(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a CronJob."""
    spec = struct(value, "spec") or {}
    schedule, where = text(spec, "schedule"), _SPEC.field("schedule")
    if not schedule:
        yield required(where)
    else:
        problem = schedule_problem(schedule)
        if problem:
            yield invalid(where, schedule, problem)
    yield from not_negative(spec, _SPEC, "startingDeadlineSeconds")
    zone = spec.get("timeZone")
    if isinstance(zone, str):
        problem = zone_problem(zone)
        if problem:
            yield invalid(_SPEC.field("timeZone"), zone, problem)
    yield from one_of(spec, _SPEC, "concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    template, at = struct(struct(spec, "jobTemplate") or {}, "spec") or {}, _SPEC.field("jobTemplate", "spec")
    yield from _job(template, at)
    selector = struct(template, "selector")
    if selector is not None:
        yield invalid(at.field("selector"), shown_selector(selector), "`selector` will be auto-generated")
    yield from not_negative(spec, _SPEC, "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    yield from cron_job_name_mistakes(struct(value, "metadata") or {})
