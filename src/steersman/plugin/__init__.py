"""Plugins: what ``plugin.yaml`` says, where plugins are, and how they run. Answers to Helm's ``internal/plugin``."""
