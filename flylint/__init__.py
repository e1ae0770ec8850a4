"""flylint: a linter and static validator for fly.toml, the file that says how an app runs on Fly.io."""

__version__ = "0.1.0"
