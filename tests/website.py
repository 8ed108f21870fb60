"""Somebody's website, on an origin of its own."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}


class Website:
    """Its pages by path, the files of a folder below /lib/, and the Content-Security-Policy that it sends."""

    def __init__(self, folder: Path | None = None) -> None:
        self.pages: dict[str, str] = {}
        self.folder = folder
        self.policy = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def show(self, path: str, head: str = "", body: str = "<h1>Halden</h1>", title: str = "Halden") -> str:
        """Have a page at a path; return its address."""
        self.pages[path] = f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
        return self.address + path

    def answer(self, path: str) -> tuple[int, str, bytes]:
        path = urlsplit(path).path
        if path in self.pages:
            return 200, TYPES[".html"], self.pages[path].encode()
        file = self.folder / path.removeprefix("/lib/") if self.folder and path.startswith("/lib/") else None
        if file and file.is_file():
            return 200, TYPES.get(file.suffix, "text/plain"), file.read_bytes()
        return 200, TYPES[".html"], b"<!doctype html><title>Elsewhere</title>"

    def headers(self) -> Mapping[str, str]:
        return {"Content-Security-Policy": self.policy} if self.policy else {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, content = website.answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Type": kind, **website.headers()}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@contextmanager
def website(folder: Path | None = None) -> Iterator[Website]:
    """Serve a website. folder: what lies below /lib/."""
    site = Website(folder)
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        thread.join()
        site.server.server_close()
