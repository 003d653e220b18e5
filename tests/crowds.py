"""Many people at the door at once: a real server, with sessions that cost no sign-in."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, _StaticFilesHandler

from accounts.sessions import SessionStore

WORKERS = 24


def session_of(member):
    """A signed-in browser's cookie, without the cost of 200 sign-ins."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.create()
    return session.session_key


def headers_of(key):
    token = "x" * 32
    return {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={key}; csrftoken={token}",
        "X-CSRFToken": token,
    }


class CrowdServer(ThreadedWSGIServer):
    """Real requests by a set number of workers, as in production; the rest wait at the door."""

    request_queue_size = 400
    allow_reuse_address = False

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.workers = ThreadPoolExecutor(WORKERS)

    def process_request(self, request, client_address):
        self.workers.submit(self.process_request_thread, request, client_address)


class CrowdThread(LiveServerThread):
    server_class = CrowdServer


@contextmanager
def open_doors():
    """A live server that 200 people can reach at once: its address."""
    thread = CrowdThread("localhost", _StaticFilesHandler)
    thread.daemon = True
    thread.start()
    assert thread.is_ready.wait(timeout=20)
    yield f"localhost:{thread.port}"
    thread.httpd.workers.shutdown()
    thread.terminate()
