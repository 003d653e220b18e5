"""The pages of patrols: the desk's week, the volunteer's nights, a patrol on the street."""
