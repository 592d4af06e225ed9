"""Runs the lab's command line: python -m lab VERB."""

from lab.cli import main

main()
