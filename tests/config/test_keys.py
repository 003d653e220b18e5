"""Keys live as files; retired ones are read beside the one in use."""

from config.keys import retired


def test_retired_keys_are_read_in_order_and_nothing_else_is(tmp_path):
    (tmp_path / "keys").mkdir()
    for name, text in [
        ("seal_key", "now"),
        ("seal_key.1", "first\n"),
        ("seal_key.2", "second"),
        ("tag_key.1", "x"),
    ]:
        (tmp_path / "keys" / name).write_text(text)
    assert retired("seal_key", home=tmp_path) == ["first", "second"]
