"""A server on _Framework in the common idiom: its own thread takes requests and schedules the work with delay 0."""

from __future__ import absolute_import, print_function, unicode_literals

import threading

from _Framework.ControlSurface import ControlSurface

try:
    import Queue as queue  # Python 2
except ImportError:
    import queue

PATIENCE_S = 10


def create_instance(c_instance):
    return ThreadServer(c_instance)


class ThreadServer(ControlSurface):
    def __init__(self, c_instance):
        ControlSurface.__init__(self, c_instance)
        self._song = self.song()
        self.requests = queue.Queue()
        self.answers = queue.Queue()
        self.scheduled = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.daemon = True
        self._thread.start()

    def disconnect(self):
        self.requests.put(None)
        self._thread.join(PATIENCE_S)
        ControlSurface.disconnect(self)

    def _serve(self):
        for request in iter(self.requests.get, None):
            if request[0] == "name_at_once":
                self.answers.put(self._attempt(self._name, request[1]))
                continue
            done = queue.Queue()
            try:
                self.schedule_message(0, lambda: done.put(self._attempt(self._run, request)))
            except AssertionError:  # older versions of Live: this is the main thread already
                done.put(self._attempt(self._run, request))
            self.scheduled.set()
            self.answers.put(done.get(timeout=PATIENCE_S))

    def _attempt(self, function, argument):
        try:
            return function(argument)
        except Exception as error:
            self.log_message("failed: " + str(error))
            return error

    def _run(self, request):
        action, value = request
        if action == "set_tempo":
            self._song.tempo = value
            return self._song.tempo
        if action == "create_locator":
            self._song.current_song_time = value
            self._song.set_or_delete_cue()
            return [cue.time for cue in self._song.cue_points]
        clip = self._song.tracks[0].clip_slots[0].clip
        clip.set_notes(tuple((pitch, start, 0.5, 100, False) for start, pitch in enumerate(value)))
        return clip.get_notes(0, 0, clip.length, 128)

    def _name(self, name):
        self._song.tracks[0].name = name
        return name
