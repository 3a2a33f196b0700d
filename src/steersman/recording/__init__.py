"""Renders that were recorded: what a render saw besides its chart, as data, and the same render again from it."""
