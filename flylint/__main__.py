"""`python -m flylint`."""

from flylint.cli import entry

if __name__ == "__main__":
    entry()
