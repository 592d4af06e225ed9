"""Mail providers that receive, judge and send like the big ones, and say what they saw; one process."""
