"""The JSON door: translate, call one verb, translate back. No rule lives here.

There is no list of participants: they are found by name, in a body, never in an address.
"""
