"""The sandbox over HTTPS on loopback: requests to verbs, answers to JSON, watches to streams.

Answers to the parts of kube-apiserver's REST interface that kubectl, Helm and steersman use.
"""

from __future__ import annotations

import hmac
import http.server
import json
import socket
import ssl
import threading
from urllib.parse import parse_qs, urlsplit

from steersman.go.quote import quote
from steersman.record import Record
from steersman.sandbox import discovery
from steersman.sandbox.api import Api, Write, selected
from steersman.sandbox.controllers import Controllers
from steersman.sandbox.errors import ApiRefusal, bad_request
from steersman.sandbox.resources import Resource
from steersman.sandbox.storage import Gone, Store
from steersman.sandbox.tables import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BODY = 4 * 1024 * 1024  # bytes: a little above what etcd takes
WATCH_SECONDS = 1800.0
HANDSHAKE_SECONDS = 30
IDLE_SECONDS = 120  # without a request on a connection, or without anything of one
MAX_CONNECTIONS = 512
_ACCESS_REVIEWS = ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]  # whoever has the token may do all
_ALLOWED = {
    "kind": "SelfSubjectAccessReview",
    "apiVersion": "authorization.k8s.io/v1",
    "metadata": {},
    "spec": {},
    "status": {"allowed": True},
}
_CONNECTED = ("exec", "attach", "portforward", "proxy")  # subresources that need a container that runs


class Target(Record):
    """The target of a request path."""

    resource: Resource
    namespace: str
    name: str
    subresource: str


class SandboxServer:
    """The server: ``start`` it, use ``url`` and ``token``, ``stop`` it.

    Args:
        certificate, key: paths of PEM files.
        token: the bearer token that opens it.
        port: 0 for a free one.
        store: what keeps the objects.
    """

    def __init__(self, certificate: str, key: str, token: str, store: Store, *, port: int = 0) -> None:
        self.store = store
        self.api = Api(self.store)
        self.controllers = Controllers(self.api)
        self.token = token
        self.stopping = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = _Listener(("127.0.0.1", port), _handler(self), context)
        self._server = server
        self.port: int = server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self.controllers.start()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and close the file."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self.controllers.stop()
        self.store.close()


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    _places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)  # as good as a server that is not there: the client tries again
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def __init__(self, address: tuple[str, int], handler: Any, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(address, handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # the handshake is made in the connection's own thread: a slow client does not stop the others
        request.settimeout(HANDSHAKE_SECONDS)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            secured = self._context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            return
        # a request that does not come, or an answer that is not read, ends the connection
        secured.settimeout(IDLE_SECONDS)
        super().finish_request(secured, client_address)
        try:
            secured.close()
        except OSError:
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # a client that goes away in the middle is not an event


def _handler(server: SandboxServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(_Handler):
        sandbox = server

    return Handler


class _Handler(http.server.BaseHTTPRequestHandler):
    sandbox: SandboxServer
    protocol_version = "HTTP/1.1"
    server_version = "steersman-sandbox"
    wbufsize = -1  # one write for headers and body

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _answer(self) -> None:
        try:
            self._authorize()
            self._route(self._body())
        except ApiRefusal as error:
            self._send(error.code, error.status())
        except RecursionError:
            self._send(400, bad_request("the object provided is nested too deeply").status())
        except (BrokenPipeError, ConnectionError, TimeoutError, ssl.SSLError):
            self.close_connection = True
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._send(400, bad_request(f"the request could not be understood: {error}").status())

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            pieces: list[bytes] = []
            size = 0
            while length := int(self.rfile.readline(64).split(b";")[0] or b"0", 16):
                size += length
                if size > MAX_BODY:
                    raise ApiRefusal(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
                pieces.append(self.rfile.read(length))
                self.rfile.readline(4)
            self.rfile.readline(4)
            return b"".join(pieces)
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            raise ApiRefusal(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
        return self.rfile.read(length) if length else b""

    def _authorize(self) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self.sandbox.token.encode()):
            self.close_connection = True  # its body is not read
            raise ApiRefusal(401, "Unauthorized", "Unauthorized")

    def _send(self, code: int, value: Any, content_type: str = "application/json") -> None:
        data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    # routes

    def _route(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
        path = [p for p in parts.path.split("/") if p]
        if self.command == "GET" and self._about(path):
            return
        if self.command == "POST" and path == _ACCESS_REVIEWS:
            self._send(201, _ALLOWED)
            return
        target = self._target(path)
        if target.subresource in _CONNECTED:
            raise ApiRefusal(
                501,
                "NotImplemented",
                f"the sandbox runs no containers: there is nothing to {target.subresource} in {target.name}",
            )
        if target.subresource == "log":
            self._send(200, f"{target.name}: the sandbox runs nothing\n".encode(), "text/plain")
        elif self.command == "GET":
            self._read(target, query)
        elif self.command == "DELETE":
            self._delete(target, query, body)
        else:
            self._write(target, query, body)

    def _about(self, path: list[str]) -> bool:
        """Answer the requests that are about the server itself."""
        registry = self.sandbox.api.registry
        accepts = self.headers.get("Accept", "").replace(" ", "")
        aggregated = "as=APIGroupDiscoveryList" in accepts and "v=v2;" in accepts + ";"
        value: Any = None
        kind = "application/json"
        if path == ["version"]:
            value = discovery.VERSION
        elif path in (["healthz"], ["readyz"], ["livez"]):
            self._send(200, b"ok", "text/plain")
            return True
        elif path in (["api"], ["apis"]) and aggregated:
            value, kind = discovery.aggregated(registry, core=path == ["api"]), discovery.AGGREGATED
        elif path == ["api"]:
            value = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        elif path == ["apis"]:
            value = discovery.group_list(registry)
        elif len(path) == 2 and path[0] == "apis":
            value = discovery.group(registry, path[1])
        elif path == ["api", "v1"]:
            value = discovery.resource_list(registry, "", "v1")
        elif len(path) == 3 and path[0] == "apis":
            value = discovery.resource_list(registry, path[1], path[2])
        elif path[:2] == ["openapi", "v3"]:
            rest = path[2:]
            if not rest:
                value = discovery.openapi_paths(registry)
            else:
                group, version = ("", rest[1]) if rest[0] == "api" else (rest[1], rest[2])
                value = discovery.openapi_document(registry, group, version)
        elif not path:
            value = {"paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/version"]}
        if value is None:
            return False
        self._send(200, value, kind)
        return True

    def _target(self, path: list[str]) -> Target:
        if path[:1] == ["api"] and len(path) > 2:
            group, version, rest = "", path[1], path[2:]
        elif path[:1] == ["apis"] and len(path) > 3:
            group, version, rest = path[1], path[2], path[3:]
        else:
            raise _no_such_path()
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
            namespace, rest = rest[1], rest[2:]
        resource = self.sandbox.api.registry.find(group, version, rest[0])
        if resource is None:
            raise _no_such_path()
        name = rest[1] if len(rest) > 1 else ""
        subresource = rest[2] if len(rest) > 2 else ""
        if subresource and subresource not in (*resource.subresources, *_CONNECTED, "finalize"):
            raise _no_such_path()
        return Target(resource, namespace, name, subresource)

    def _read(self, target: Target, query: dict[str, str]) -> None:
        resource = target.resource
        labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
        if query.get("watch") in ("true", "1"):
            if target.name:
                fields = ",".join(filter(None, (fields, f"metadata.name={target.name}")))
            self._watch(target, labels, fields, query)
            return
        if target.name:
            items = [self.sandbox.api.get(resource, target.namespace, target.name)]
            if target.subresource == "scale":
                self._send(200, _scale(items[0]))
                return
            if self._wants_table():
                self._send(200, table(resource.kind, items, "", query.get("includeObject", "Metadata")))
            else:
                self._send(200, items[0])
            return
        with self.sandbox.store.lock:
            items = self.sandbox.api.select(resource, target.namespace, labels, fields)
            revision = str(self.sandbox.store.revision)
        start = int(query.get("continue") or 0)
        limit = _limit(query.get("limit") or "0")
        metadata: dict[str, Any] = {"resourceVersion": revision}
        if limit and start + limit < len(items):
            metadata |= {"continue": str(start + limit), "remainingItemCount": len(items) - start - limit}
        items = items[start : start + limit] if limit else items[start:]
        accepts = self.headers.get("Accept", "")
        if self._wants_table():
            out = table(resource.kind, items, revision, query.get("includeObject", "Metadata"))
            out["metadata"] = metadata
        elif "as=PartialObjectMetadataList" in accepts.replace(" ", ""):
            partial = [
                {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": i["metadata"]}
                for i in items
            ]
            out = {
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": partial,
            }
        else:
            out = {
                "kind": f"{resource.kind}List",
                "apiVersion": resource.api_version,
                "metadata": metadata,
                "items": items if self.sandbox.api.registry.is_custom(resource) else list(map(_without_kind, items)),
            }
        self._send(200, out)

    def _wants_table(self) -> bool:
        return "as=Table" in self.headers.get("Accept", "").replace(" ", "")

    def _watch(self, target: Target, labels: str, fields: str, query: dict[str, str]) -> None:
        import time

        resource = target.resource
        wanted = selected(labels, fields)
        store = self.sandbox.store
        end = time.monotonic() + min(float(query.get("timeoutSeconds") or WATCH_SECONDS), WATCH_SECONDS)
        initial = query.get("sendInitialEvents") == "true"
        asked = query.get("resourceVersion", "")
        with store.lock:
            revision = store.revision if initial or asked in ("", "0") else int(asked)
            existing = (
                self.sandbox.api.select(resource, target.namespace, labels, fields)
                if initial or asked in ("", "0")
                else []
            )
        self.send_response(200)
        self.send_header("Content-Type", "application/json;stream=watch")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        shown = {_identity(v) for v in existing}
        for value in existing:
            self._event("ADDED", resource, value)
        if initial:
            mark = {"resourceVersion": str(revision), "annotations": {"k8s.io/initial-events-end": "true"}}
            self._event(
                "BOOKMARK", resource, {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": mark}
            )
        self.wfile.flush()
        while not self.sandbox.stopping.is_set() and (left := end - time.monotonic()) > 0:
            try:
                changes = store.changes(revision, min(left, 1.0))
            except Gone:
                status = ApiRefusal(410, "Expired", f"too old resource version: {revision}").status()
                self._chunk({"type": "ERROR", "object": status})
                break
            for change in changes:
                revision = change.revision
                if change.key != resource.key:
                    continue
                if target.namespace and change.object["metadata"].get("namespace", "") != target.namespace:
                    continue
                identity = _identity(change.object)
                if not wanted(change.object) or change.type == "DELETED":
                    # what no longer fits the selector is gone for this watcher
                    if identity in shown or (change.type == "DELETED" and wanted(change.object)):
                        shown.discard(identity)
                        self._event("DELETED", resource, change.object)
                    continue
                kind = (
                    change.type
                    if identity in shown or change.type == "ADDED"
                    else ("MODIFIED" if asked not in ("", "0") else "ADDED")
                )
                shown.add(identity)
                self._event(kind, resource, change.object)
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _event(self, kind: str, resource: Resource, value: dict[str, Any]) -> None:
        if kind != "BOOKMARK":
            value = self.sandbox.api._as(resource, value)
            if self._wants_table():
                value = table(resource.kind, [value], value["metadata"]["resourceVersion"], "Metadata")
        self._chunk({"type": kind, "object": value})

    def _chunk(self, value: Any) -> None:
        data = json.dumps(value, separators=(",", ":")).encode() + b"\n"
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _write(self, target: Target, query: dict[str, str], body: bytes) -> None:
        resource = target.resource
        kind = self.headers.get("Content-Type", "application/json").partition(";")[0].strip()
        write = Write(
            manager=query.get("fieldManager") or _agent(self.headers.get("User-Agent", "")),
            dry_run=query.get("dryRun") == "All",
            force=query.get("force") == "true",
            subresource=target.subresource if target.subresource == "status" else "",
        )
        value = self._parse(body, kind)
        api = self.sandbox.api
        if self.command == "POST":
            if target.subresource == "eviction":
                api.delete(resource, target.namespace, target.name, {}, dry_run=write.dry_run)
                self._send(
                    201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
                )
                return
            if target.name:
                raise ApiRefusal(
                    405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
                )
            self._send(201, api.create(resource, target.namespace, value, write))
        elif target.subresource == "scale":
            self._send(200, self._rescale(target, value, write))
        elif self.command == "PUT":
            self._send(200, api.update(resource, target.namespace, target.name, value, write))
        else:
            out, created = api.patch(resource, target.namespace, target.name, kind, value, write)
            self._send(201 if created else 200, out)

    def _rescale(self, target: Target, value: Any, write: Write) -> dict[str, Any]:
        """Set the replicas of a workload and return its scale."""
        replicas = (value.get("spec") or {}).get("replicas") if isinstance(value, dict) else None
        if not isinstance(replicas, int) or isinstance(replicas, bool):
            raise bad_request("spec.replicas of a scale is a number")
        asked = (value.get("metadata") or {}).get("resourceVersion")
        patch: dict[str, Any] = {"spec": {"replicas": replicas}}
        if asked:
            patch["metadata"] = {"resourceVersion": asked}
        arguments = (target.resource, target.namespace, target.name, "application/merge-patch+json", patch, write)
        return _scale(self.sandbox.api.patch(*arguments)[0])

    @staticmethod
    def _parse(body: bytes, kind: str) -> Any:
        if kind == "application/vnd.kubernetes.protobuf":
            from steersman.sandbox.protobuf import decode

            return decode(body)
        if kind.endswith("yaml") and not body.lstrip().startswith((b"{", b"[")):
            from steersman.yamlio import load_integers

            return load_integers(body)
        try:
            return json.loads(body, parse_constant=_refuse_constant)
        except ValueError as error:
            raise bad_request(f"the object provided is not JSON: {error}") from error

    def _delete(self, target: Target, query: dict[str, str], body: bytes) -> None:
        kind = self.headers.get("Content-Type", "application/json").partition(";")[0].strip()
        options = self._parse(body, kind) if body else {}
        if "propagationPolicy" in query:
            options["propagationPolicy"] = query["propagationPolicy"]
        dry_run = query.get("dryRun") == "All" or "All" in (options.get("dryRun") or ())
        api, resource = self.sandbox.api, target.resource
        if not target.name:
            labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
            items = api.select(resource, target.namespace, labels, fields)
            for item in items:
                metadata = item["metadata"]
                api.delete(resource, metadata.get("namespace", ""), metadata["name"], options, dry_run=dry_run)
            self._send(
                200,
                {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": {}, "items": items},
            )
            return
        gone = api.delete(resource, target.namespace, target.name, options, dry_run=dry_run)
        if gone["metadata"].get("deletionTimestamp"):
            self._send(200, gone)
            return
        details = {"name": target.name, "kind": resource.plural, "uid": gone["metadata"]["uid"]}
        if resource.group:
            details["group"] = resource.group
        self._send(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _identity(value: dict[str, Any]) -> tuple[str, str]:
    return value["metadata"].get("namespace", ""), value["metadata"]["name"]


def _without_kind(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as it stands in a list; k8s: a server leaves out what the list says, but for custom kinds."""
    return {key: value for key, value in item.items() if key not in ("kind", "apiVersion")}


def _scale(value: dict[str, Any]) -> dict[str, Any]:
    metadata = {k: value["metadata"][k] for k in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": value["spec"].get("replicas", 0)},
        "status": {"replicas": (value.get("status") or {}).get("replicas", 0)},
    }


def _agent(user_agent: str) -> str:
    """Return the field manager that the server makes of a user agent."""
    return user_agent.partition("/")[0] or "unknown"


def _limit(text: str) -> int:
    try:
        return max(int(text), 0)
    except ValueError:
        raise bad_request(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax") from None


def _no_such_path() -> ApiRefusal:
    return ApiRefusal(404, "NotFound", "the server could not find the requested resource")
