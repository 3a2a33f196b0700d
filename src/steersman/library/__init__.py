"""The library: charts, renders and releases for Python programs.

Like ``cli`` it is an end: it reads the environment once and hands it to the actions, which the command uses too.
"""
