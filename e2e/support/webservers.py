"""Real nginx and Apache with a configuration of the test's, on a free port; a test of them is skipped where they are not installed."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

import pytest

from .edge_process import free_port

SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin"  # not on every user's path
NGINX = """daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  {http}
  server {{ listen 127.0.0.1:{port}; {server} }}
}}
"""
APACHE = """ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
{loaded}
{server}
"""
MODULES = ("mpm_event", "authz_core", "dir", "mime", "headers", "proxy", "proxy_http", "unixd")
MODULE_FOLDERS = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/etc/httpd/modules", "/opt/homebrew/lib/httpd/modules")  # fmt: skip


class WebServer:
    """A server in a process of its own, from `with` to its end; `origin` is its address, `folder` where its files are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    def _command(self) -> list[str]:
        raise NotImplementedError

    def __enter__(self) -> "WebServer":
        self._process = subprocess.Popen(self._command(), cwd=self.folder)
        end = time.monotonic() + 30
        while True:
            assert self._process.poll() is None, self._said()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                assert time.monotonic() < end, self._said()
                time.sleep(0.02)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process
        self._process.terminate()
        self._process.wait(20)

    def _said(self) -> str:
        log = self.folder / "error.log"
        return log.read_text() if log.exists() else "it said nothing"


class Nginx(WebServer):
    """nginx with *http*, lines of its http block, and *server*, those of a server's; `FOLDER` in both is its own folder."""

    def __init__(self, folder: Path, *, http: str = "", server: str) -> None:
        super().__init__(folder)
        if "access_log" not in http:
            http += "access_log off;"
        told = NGINX.format(folder=folder, port=self.port, http=http, server=server)
        owner = "user root; " if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(owner + told.replace("FOLDER", str(folder)))

    def _command(self) -> list[str]:
        return [installed("nginx"), "-p", str(self.folder), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]  # fmt: skip


class Apache(WebServer):
    """Apache with *server*, lines of its configuration; `FOLDER` in them is its own folder."""

    def __init__(self, folder: Path, *, server: str) -> None:
        super().__init__(folder)
        modules = next((Path(one) for one in MODULE_FOLDERS if Path(one).is_dir()), Path())
        # Distributions build some of them in.
        files = {name: modules / f"mod_{name}.so" for name in MODULES}
        loaded = "\n".join([f"LoadModule {name}_module {file}" for name, file in files.items() if file.is_file()])  # fmt: skip
        if os.geteuid() == 0:
            # Its workers may not be root; what they read has to be readable for all.
            loaded += "\nUser nobody\nGroup #65534"
        told = APACHE.format(folder=folder, port=self.port, loaded=loaded, server=server)
        (folder / "apache.conf").write_text(told.replace("FOLDER", str(folder)))

    def _command(self) -> list[str]:
        return [installed("apache2", "httpd"), "-f", f"{self.folder}/apache.conf", "-DFOREGROUND"]


def installed(*names: str) -> str:
    """The program of one of *names*; skips the test, and says how to get it, where there is none."""
    path = f"{os.environ.get('PATH', '')}:{SBIN}"
    found = next((program for name in names if (program := shutil.which(name, path=path))), None)
    if found is None:
        pytest.skip(f"{names[0]} is not installed, and no package of Python's or of npm's brings it; 'apt-get install {names[0]}' does, and this test runs then")  # fmt: skip
    return found
