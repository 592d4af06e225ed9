"""`python -m boringmail.policy`: the daemon, where its entry point is not installed."""

from boringmail.policy.main import main

main()
