"""The pages of this room: coming in, oneself, and the coordinator's people."""
