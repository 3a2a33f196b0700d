"""JSON Schema, drafts 4 to 2020-12: documents, compiled nodes, validation, and the errors that Helm prints."""
