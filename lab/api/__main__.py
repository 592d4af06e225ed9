"""`python -m lab.api`: serve the local AWS until it is told to stop."""

from lab.api.server import main

if __name__ == "__main__":
    main()
