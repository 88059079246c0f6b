"""What rows share: the options, and databases that are filled once."""

from contextlib import ExitStack

from deskforge import Installation
from postgres import Postgres

ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


class Arena:
    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self._stack = ExitStack()
        self._postgres = None
        self._filled = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def installation(self, engine, name):
        """An empty one."""
        name = f"{name}-{engine}"
        if engine == "sqlite":
            return Installation(self.folder, name)
        if self._postgres is None:
            self._postgres = self._stack.enter_context(Postgres(self.folder / "postgres"))
        return Installation(self.folder, name, self._postgres.database(name))

    def filled(self, engine, count):
        """One with so many keys, and their file."""
        if (engine, count) not in self._filled:
            installation = self.installation(engine, f"{count}-keys")
            self._filled[engine, count] = installation, installation.fill(count)
        return self._filled[engine, count]
