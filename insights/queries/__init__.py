"""Reads that count what others wrote. Every number is counted over rows the reader may see."""
