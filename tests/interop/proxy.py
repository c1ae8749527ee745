"""A reverse proxy in front of a sandbox, which writes down each request that passes."""

import http.client
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Recorded:
    """One request, parsed as far as two programs can be compared."""

    method: str
    path: str
    query: list
    target: str | None
    content_type: str | None
    scope: tuple
    body: object
    headers: dict = field(repr=False, compare=False)

    @property
    def operation(self):
        """The operation it asks for."""
        if self.target:
            return self.target
        return self.path.strip("/") or dict(self.body).get("Action")


def recorded(method, url, headers, body):
    """Parses a request."""
    parts = urllib.parse.urlsplit(url)
    scope = SCOPE.search(headers.get("authorization", ""))
    target = headers.get("x-amz-target")
    content_type = headers.get("content-type")
    return Recorded(
        method=method,
        path=parts.path,
        query=sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))),
        # Of the target only the operation counts: clients write two prefixes.
        target=target.rsplit(".", 1)[1] if target else None,
        # A charset changes nothing about JSON, nor about a form in ASCII.
        content_type=content_type.split(";")[0].strip().lower() if content_type else None,
        scope=(scope["service"], scope["region"]) if scope else (),
        body=parsed_body(content_type, body),
        headers=headers,
    )


def parsed_body(content_type, body):
    """JSON as values, a form as pairs."""
    if content_type and "json" in content_type:
        return json.loads(body)
    return sorted(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))


class Proxy:
    """Listens on a free port while used with `with`."""

    def __init__(self, host):
        self.requests = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = read_body(self)
                headers = {name.lower(): value for name, value in self.headers.items()}
                proxy.requests.append(recorded(self.command, self.path, headers, body))
                status, reply_headers, reply = forward(host, self, body)
                self.send_response(status)
                for name, value in reply_headers:
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_PUT = do_DELETE = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.server.server_port

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def take(self):
        """The requests since the last time, oldest first."""
        taken, self.requests = self.requests, []
        return taken


def read_body(handler):
    """The whole body, however it is framed."""
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    body = b""
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


def forward(host, handler, body):
    """Sends a request on as it came, but for its framing."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.putrequest(handler.command, handler.path, skip_host=True, skip_accept_encoding=True)
        for name, value in handler.headers.items():
            if name.lower() not in HOP_BY_HOP:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        connection.close()
