"""An embedded Kubernetes API server, to try a chart's whole life without a cluster.

It models the API: kinds, field managers, server-side apply, watches, custom kinds. It runs nothing: pods
become ready because a thread says so. It does not model admission webhooks, role checks, quotas, schemas
of objects or scheduling.
"""
