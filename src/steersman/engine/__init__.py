"""Charts and values to text, through the template engine. Answers to Helm's ``pkg/engine``."""
