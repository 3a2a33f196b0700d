"""The kinds of assertions: one function for each, and one table (``kinds``)."""
