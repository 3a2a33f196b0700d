"""Answers about a chart and its values, out of a recorded render.

Pure: the recording of a render, a chart and values in, records out. ``reads`` says which values were read, ``unused``
which of the user's were not and what was meant, ``origins`` where a value was set, ``mentions`` what templates name
without having read it.
"""
