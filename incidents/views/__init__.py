"""The pages of reports: sending and following one's own, the desk's queue, one report at the desk."""
