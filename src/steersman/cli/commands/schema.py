"""``schema``: a values.schema.json out of a chart's templates and defaults."""

from __future__ import annotations

import json

from steersman.action.value_schema import make_schema, write_schema
from steersman.cli.inputs.chart import ChartInput
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the schema, or write it into the chart's folder."""
    source = ChartInput(ctx, flags)
    path = source.locate(args[0])
    with BoundedMemory():
        schema = make_schema(path, source.load(path))
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if flags["write"]:
        ctx.out.write(f"wrote {write_schema(path, text)}\n")
    else:
        ctx.out.write(text)
    return 0
