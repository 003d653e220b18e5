"""Benchmarks: programs, not tests. `make bench` measures Ronda and its floors in one run."""
