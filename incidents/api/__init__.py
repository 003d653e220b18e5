"""The JSON door: translate, call one verb, translate back. No rule lives here."""
