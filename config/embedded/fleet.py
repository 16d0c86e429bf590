"""The processes of a console: started by their recipes, restarted when they end by themselves, stopped in order."""

import signal
import time
from collections.abc import Mapping

from config.embedded.children import Child, end_together, say
from config.embedded.recipes import Recipe

MOST_RESTARTS = 10  # of all processes together, within
RESTARTS_WITHIN = 60.0  # seconds; more than that is no accident any more


class Fleet:
    def __init__(self) -> None:
        self.env: Mapping[str, str] = {}  # what all of them get
        self._running: dict[str, tuple[Recipe, Child]] = {}
        self._restarts: list[float] = []

    def start(self, recipe: Recipe) -> Child:
        child = Child(recipe.name, recipe.args, {**self.env, **recipe.env})
        self._running[recipe.name] = recipe, child
        return child

    def ended(self) -> list[tuple[str, int]]:
        """(name, status) of those that have ended by themselves."""
        return [(name, child.ended) for name, (_, child) in self._running.items() if child.ended is not None]

    def forget(self, name: str) -> Recipe:
        """Take one that has ended out of the fleet."""
        recipe, child = self._running.pop(name)
        child.wait(1)
        return recipe

    def start_again(self, name: str, status: int) -> bool:
        """Restart one that has ended; False when that has happened too often for it to help.

        What was killed does not count: it was somebody else's doing, and may happen again.
        """
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < RESTARTS_WITHIN]
        if status != -signal.SIGKILL:
            self._restarts.append(now)
        if len(self._restarts) > MOST_RESTARTS:
            return False
        say("console", f"{name} ended with status {status} and is started again")
        self.start(self.forget(name))
        return True

    def kill(self) -> None:
        """End all of them at once. Safe in a signal handler."""
        for _, child in list(self._running.values()):
            child.kill()

    def end(self) -> None:
        """The processes that make work first, so that those that do it can finish what they hold."""
        children = [child for _, child in self._running.values()]
        working = [child for child in children if child.name.startswith(("worker", "sender"))]
        end_together(child for child in children if child not in working)
        end_together(working)
