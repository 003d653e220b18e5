"""The sync door: envelopes from phones, each handed to the verb of the app that owns its kind."""
