"""What the API's description says of envelopes, drawn from the kinds themselves."""

from collections.abc import Iterator

from phone.kinds import ALL, Kind

STATUSES = """Take 1 to 100 envelopes; answer each on its own, in the order they were sent.
Those of one device are applied in the order of `seq`, each whole or not at all.

| status | what became of it | `is_kept` |
|---|---|---|
| 201 | it is done; `result` says what came of it | true |
| 200 | it came before; the stored `result` | true |
| 403, 404, 409 | a rule refused it: `code` and `detail` say why; it may be sent again | false |
| 409 `decided` | people had decided otherwise before it came; kept sealed for a person to look at | true |
| 409 `id_reused` | something else was sent under this id; both are kept for a person to compare | true |
| 410 | it was erased on purpose | true |
| 422 | it cannot be read (`errors`), or is of a kind or version not known yet; kept sealed | true |
| 500 | something broke on our side; send it again | false |

Delete the phone's copy only when `is_kept` is true and `id` and `sha256` are its own.
A whole request that is no batch is refused with 400 or 413.

| kind | payload (fields in brackets may be left out) |
|---|---|
"""


def of_sync() -> str:
    """How to send envelopes, and which there are."""
    return STATUSES + "\n".join(row for kind in ALL for row in _rows(kind))


def _rows(kind: Kind) -> Iterator[str]:
    for verb, step in kind.steps.items():
        named = [
            name if field.required else f"[{name}]"
            for name, field in step.form().fields.items()
            if name != "verb"
        ]
        chosen = [f'verb: "{verb}"'] if verb else []
        yield f"| `{kind.name}` {kind.version} | {', '.join([*chosen, *named])} |"
