"""What changed for one member, read off the trail."""
