"""How gunicorn serves the web process. Its own children end with it, even when it is killed."""

import os
import sys
from typing import Any

from gunicorn.glogging import Logger

from config.processes import die_with

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES") or 1)
threads = int(os.environ.get("WEB_THREADS") or 4)
control_socket_disable = True
graceful_timeout = 15
timeout = 60
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
forwarded_allow_ips = "*"  # the number of proxies to believe is TRUSTED_PROXIES' business


class QuietLogger(Logger):
    """Gunicorn's own lines, without what came over the wire: neither whence, nor the words."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if msg.startswith("Invalid request from"):
            msg, args = f"Invalid request: {_trouble()}", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if msg.startswith("Error handling request"):
            super().error(f"Error handling request: {_trouble()}")
        else:
            super().exception(msg, *args, **kwargs)


def _trouble() -> str:
    kind = sys.exc_info()[0]
    return kind.__name__ if kind else "unknown"


logger_class = QuietLogger


def post_fork(server: Any, worker: Any) -> None:
    die_with(server.pid)
