"""What people type at the desk and on the street. No rule lives here: the verbs say what is wrong."""
