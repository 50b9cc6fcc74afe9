"""Tasks: work that continues over several updates of the display, 0.1 s apart (cooperative scheduler)."""

NEARLY = 1e-6


class Task:
    """Runs until it is killed; each update calls `do_update`."""

    KILLED, RUNNING, PAUSED = "killed", "running", "paused"

    def __init__(self):
        self._state = self.RUNNING

    is_killed = property(lambda task: task._state == task.KILLED)
    is_running = property(lambda task: task._state == task.RUNNING)
    is_paused = property(lambda task: task._state == task.PAUSED)

    def update(self, delta):
        if self.is_running:
            self.do_update(delta)

    def kill(self):
        self._state = self.KILLED

    def pause(self):
        if self.is_running:
            self._state = self.PAUSED

    def resume(self):
        if self.is_paused:
            self._state = self.RUNNING

    def restart(self):
        self._state = self.RUNNING
        self.do_restart()

    def do_update(self, delta):
        """The work of one update."""

    def do_restart(self):
        """Starts again."""


class FuncTask(Task):
    """Calls a function at each update, as long as the function returns a true value."""

    def __init__(self, func=None):
        super().__init__()
        self._func = func

    def do_update(self, delta):
        if not self._func(delta):
            self.kill()


class WaitTask(Task):
    """Ends after a number of seconds."""

    def __init__(self, duration=1.0):
        super().__init__()
        self._duration = self._rest = duration

    def do_update(self, delta):
        self._rest -= delta
        if self._rest <= NEARLY:
            self.kill()

    def do_restart(self):
        self._rest = self._duration


class DelayTask(WaitTask):
    """Ends after a number of updates."""

    def do_update(self, delta):
        super().do_update(1)


class TaskGroup(Task):
    """Updates its tasks together and forgets ended ones; with `auto_kill` it ends with the last."""

    def __init__(self, tasks=(), auto_kill=True, auto_remove=True):
        super().__init__()
        self.auto_kill, self.auto_remove = auto_kill, auto_remove
        self._tasks = [totask(task) for task in tasks]

    def add(self, task):
        task = totask(task)
        self._tasks.append(task)
        return task

    def remove(self, task):
        self._tasks.remove(task)

    def clear(self):
        self._tasks = []

    def do_update(self, delta):
        for task in list(self._tasks):
            task.update(delta)
        if self.auto_kill and all(task.is_killed for task in self._tasks):
            self.kill()
        if self.auto_remove:
            self._tasks = [task for task in self._tasks if not task.is_killed]

    def do_restart(self):
        for task in self._tasks:
            task.restart()


class _Sequence(Task):
    """Runs tasks in sequence; the next starts with the update after the previous one ended."""

    def __init__(self, tasks):
        super().__init__()
        self._tasks = [totask(task) for task in tasks]
        self._index = 0

    def do_update(self, delta):
        task = self._tasks[self._index]
        task.update(delta)
        self._index += task.is_killed
        if self._index == len(self._tasks):
            self.kill()

    def do_restart(self):
        self._index = 0
        for task in self._tasks:
            task.restart()


class _Loop(Task):
    """Repeats a task for ever."""

    def __init__(self, task):
        super().__init__()
        self._task = task

    def do_update(self, delta):
        self._task.update(delta)
        if self._task.is_killed:
            self._task.restart()


def totask(task):
    """Functions become tasks that are called with the elapsed seconds."""
    return task if isinstance(task, Task) else FuncTask(task)


def run(function, *arguments, **keywords):
    return FuncTask(lambda _delta: function(*arguments, **keywords) and False)


def wait(duration):
    return WaitTask(duration)


def delay(updates):
    return DelayTask(updates)


def sequence(*tasks):
    return _Sequence(tasks)


def parallel(*tasks):
    return TaskGroup(tasks, auto_remove=False)


def loop(*tasks):
    return _Loop(sequence(*tasks))
