"""Speed and memory as ratios against a peer and against the floor, measured in one run."""
