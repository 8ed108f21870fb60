"""Several things done at the same moment, each on a connection of its own."""

import threading

from django.db import connection


def at_the_same_time(*actions):
    """Run each action in a thread of its own, all at once, and return what each returned."""
    together = threading.Barrier(len(actions))
    answers = [None] * len(actions)

    def act(number):
        together.wait()
        try:
            answers[number] = actions[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[number]) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
