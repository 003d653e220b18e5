"""A phone of Ronda in a hundred lines: capture without signal, send later, lose nothing.

    phone = Phone("https://ronda.example.pe", "K7QX2MWB", "outbox.json")
    phone.sign_in("rosa", "a password")                    # or phone.sign_in_by_device(secret, pin)
    phone.capture("patrol.log_entry", {"patrol": patrol, "text": "Poste sin luz"})
    phone.capture("report.filed", {"category": "VID-05", "text": "Dos se pelean"}, photos=["esquina.jpg"])
    refused = phone.sync()      # as often as you like: what was sent already is answered again
    changed = phone.changes()   # everything the first time, then what changed
Only the standard library. The outbox is a plain file here; on a real phone encrypt it.
"""

import json
import urllib.request
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode


class NotTaken(Exception):
    """Nothing was taken, nothing is lost: signed out, or a café's sign-in page answered with status 200."""


class Phone:
    def __init__(self, site, organization, outbox):
        self.site, self.door, self.file = site, f"{site}/api/v1/{organization}", Path(outbox)
        self.token, self.device, self.seq, self.cursor = "", str(uuid.uuid4()), 0, None
        self.waiting, self.photos = [], []
        vars(self).update(json.loads(self.file.read_text()) if self.file.exists() else {})

    def keep(self):
        kept = {name: getattr(self, name) for name in ("device", "seq", "cursor", "waiting", "photos")}
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self.file)  # whole or not at all, whenever the phone dies

    def sign_in(self, username, password):
        """Whoever has a password. (Staff go on to `auth/2fa/authenticate` with their one-time code.)"""
        words = {"username": username, "password": password}
        status, body = self.ask("POST", f"{self.site}/_allauth/app/v1/auth/login", words)
        self.token = body.get("meta", {}).get("session_token", "")
        return status == 200

    def sign_in_by_device(self, secret, pin):
        """A volunteer: the secret this phone got when it was enrolled, and its PIN."""
        address, headers = f"{self.site}/api/v1/device-sign-in", {"X-Device": secret}
        self.token = self.ask("POST", address, {"pin": pin}, headers)[1].get("session_token", "")
        self.device = self.ask("GET", f"{self.door}/session/")[1].get("device", self.device)
        return bool(self.token)

    def capture(self, kind, words, photos=()):
        """Write something down for good; no signal needed. The payload's bytes never change again."""
        self.seq += 1
        now, payload = datetime.now(UTC).isoformat(), json.dumps(words)
        envelope = {"id": str(uuid.uuid4()), "kind": kind, "schema_version": 1, "payload": payload}
        envelope |= {"seq": self.seq, "captured_at": now, "device_id": self.device}
        self.waiting.append(envelope)
        for file in photos:
            self.photos.append({"id": str(uuid.uuid4()), "report": envelope["id"], "file": str(file)})
        self.keep()
        return envelope["id"]

    def sync(self):
        """Send all that waits. Gives back what was refused, with the answer: it stays in the outbox."""
        refused = []
        for first in range(0, len(self.waiting), 100):
            clock = {"client_now": datetime.now(UTC).isoformat()}
            batch = [one | clock for one in self.waiting[first : first + 100]]
            _, answers = self.ask("POST", f"{self.door}/sync", batch)
            if not isinstance(answers, list):
                raise NotTaken(answers)
            for one, said in zip(batch, answers, strict=True):
                if not is_kept(said, one["id"], one["payload"].encode()):
                    refused.append((one, said))
        self.waiting = [one for one, _ in refused]
        self.keep()
        self.photos = [photo for photo in self.photos if not self.put(photo)]
        self.keep()
        return refused

    def put(self, photo):
        """Send one photo. It goes from the list once the server has echoed its id and hash."""
        raw = Path(photo["file"]).read_bytes()
        headers = {"X-Report": photo["report"], "Content-Type": "image/jpeg"}
        _, said = self.ask("PUT", f"{self.door}/media/{photo['id']}", raw, headers)
        return is_kept(said, photo["id"], raw)

    def changes(self):
        """Pages of what changed, rows by the names of their lists. A snapshot replaces all one has."""
        pages = []
        while not pages or pages[-1]["has_more"]:
            query = f"?{urlencode({'cursor': self.cursor})}" if self.cursor else ""
            status, page = self.ask("GET", f"{self.door}/changes{query}")
            if status != 200:
                raise NotTaken(page)
            self.cursor = page["cursor"]
            pages.append(page)
        self.keep()
        return pages

    def ask(self, method, address, body=None, headers=()):
        raw = json.dumps(body).encode() if isinstance(body, dict | list) else body
        headers = {"Content-Type": "application/json", "X-Session-Token": self.token} | dict(headers)
        request = urllib.request.Request(address, raw, headers, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            if "json" not in answer.headers.get("Content-Type", ""):
                raise NotTaken(answer.headers.get("Content-Type"))
            return answer.status, json.loads(answer.read())


def is_kept(said, key, raw):
    """Whether the server has it now: it says so, and names its id and the hash of its bytes."""
    told = said.get("is_kept"), said.get("id"), said.get("sha256")
    return told == (True, key, sha256(raw).hexdigest())
