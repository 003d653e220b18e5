"""The two doors to one's own messages.

They stand here, not in `notifications`: the engine lies below `accounts` and knows no members, so
the frames that say who is asking are joined to it where the house is put together.
"""
