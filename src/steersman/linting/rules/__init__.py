"""The rules, a family a module."""
