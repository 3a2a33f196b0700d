"""Chart + values + facts → {template's name: text}. No network, no clock, no environment of its own.

Answers to ``Render`` of Helm's ``pkg/engine``: templates are parsed from the longest path to the
shortest, so that a parent's define wins over its subcharts'; files whose name begins with ``_``
are not rendered.
"""

from __future__ import annotations

from steersman.engine.capabilities import Capabilities, as_struct
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts, Renderable, all_templates
from steersman.engine.functions import RenderContext
from steersman.gotemplate import errors as template_errors
from steersman.gotemplate.values_map import ValuesMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.impure import Impure
    from steersman.engine.trace import Trace
    from steersman.gotemplate.values_map import Views


def render(
    chart: Chart,
    values: dict[str, Any],
    facts: Facts,
    capabilities: Capabilities,
    impure: Impure,
    *,
    compiled: Compiled | None = None,
    strict: bool = False,
    lint: bool = False,
    trace: Trace | None = None,
) -> dict[str, str]:
    """Return every rendered template of ``chart`` and its subcharts by its name.

    Args:
        chart: the chart that takes part (dependencies processed).
        values: coalesced values.
        facts: the release.
        capabilities: the cluster.
        impure: clock, randomness, look-ups.
        compiled: keeps compiled templates from one render to the next.
        strict: a missing key is an error (Helm's ``lint --strict``).
        lint: ``required`` and ``fail`` only log.
        trace: receives what the templates read and write; the result is the same.

    Raises:
        RenderError: with Helm's message.
    """
    views: Views = {}
    templates = all_templates(chart, values, facts, as_struct(capabilities), views)
    order = sorted(templates, key=lambda name: (name.count("/"), name), reverse=True)
    compiled = compiled or Compiled()
    texts = tuple([(name, templates[name].data) for name in order])
    try:
        template_set = compiled.take(texts, "error" if strict else "zero", is_traced=trace is not None)
    except template_errors.ParseError as error:
        from steersman.engine.errors import parse_error

        raise parse_error(error) from error
    if trace is not None:
        trace.start(chart, values, {name: one.top for name, one in templates.items()}, template_set)
        template_set.trace = trace
    context = RenderContext(template_set, impure, lint=lint, views=views)

    def run() -> dict[str, str]:
        return _render_all(context, {name: templates[name] for name in order}, impure.begin)

    try:
        if impure.zone is None:
            rendered = run()
        else:
            from steersman.go.time.moment import in_local_zone

            rendered = in_local_zone(impure.zone, run)
    except (template_errors.ExecError, template_errors.MissingTemplate) as error:
        from steersman.engine.errors import exec_error

        raised = exec_error(error)
        compiled.give_back(texts, template_set)  # it can render other values
        raise raised from error
    compiled.give_back(texts, template_set)
    return rendered


def _render_all(
    context: RenderContext, templates: dict[str, Renderable], begin: Callable[[str], None] | None
) -> dict[str, str]:
    rendered: dict[str, str] = {}
    for name, template in templates.items():
        if name.rpartition("/")[2].startswith("_"):
            continue
        if begin is not None:
            begin(name)
        rendered[name] = _render_one(context, name, template)
    return rendered


def _render_one(context: RenderContext, name: str, template: Renderable) -> str:
    about = {"Name": name, "BasePath": template.base_path}
    template.top.put("Template", ValuesMap.over(about, context.views))
    text = context.templates.execute(name, template.top, context)
    # helm: Go prints missing values as <no value> even so; Helm takes the words out of the whole text
    return text.replace("<no value>", "") if "<no value>" in text else text
