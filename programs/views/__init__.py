"""The pages of programs: what waits, planning, a cohort with its people, a sheet, one participant."""
