"""Charts in OCI registries. Answers to Helm's ``pkg/registry`` and the parts of oras-go that it stands on."""
