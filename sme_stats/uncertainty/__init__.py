"""What is still known where a figure is rounded or withheld, and what contradicts what."""
