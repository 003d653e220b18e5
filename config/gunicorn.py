"""How gunicorn serves the web process. Its own children end with it, even when it is killed."""

import os
from typing import Any

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


def post_fork(server: Any, worker: Any) -> None:
    die_with(server.pid)
