"""Orders to the simulated Live, read from a pipe in both ways."""

import contextlib
import io
import os
import unittest

from livesim.control import Control


class Orders(unittest.TestCase):
    def setUp(self):
        self.out, self.into = os.pipe()
        self.addCleanup(os.close, self.out)

    def test_orders_are_read_as_they_come_and_never_waited_for(self):
        control = Control(self.out)
        control.poll()
        self.assertIsNone(control.next_order())
        os.write(self.into, b'{"stall_ms": 250}\n{"relo')
        control.poll()
        self.assertEqual([("stall", 0.25)], control.orders)
        os.write(self.into, b'ad": true}\n')
        control.poll()
        self.assertEqual([("stall", 0.25), ("reload", None), None], [control.next_order() for _order in range(3)])
        self.assertFalse(control.has_ended)
        os.close(self.into)
        control.poll()
        self.assertTrue(control.has_ended)

    def test_where_pipes_cannot_be_polled_a_thread_reads_the_same(self):
        control = Control(self.out, can_poll=False)
        os.write(self.into, b'{"reload": true}\n')
        os.close(self.into)
        control.reader.join()
        control.poll()
        self.assertEqual([("reload", None)], control.orders)
        self.assertTrue(control.has_ended)

    def test_noise_is_named_and_ignored(self):
        control = Control(self.out)
        with contextlib.redirect_stderr(io.StringIO()) as log:
            os.write(self.into, b'\xff\n{"stall_ms": -1}\n{"reload": false}\n{"stall_ms": 1e999}\n{"reload": true}\n')
            os.close(self.into)
            control.poll()
        self.assertEqual([("reload", None)], control.orders)
        self.assertEqual(4, log.getvalue().count("is no order"))


if __name__ == "__main__":
    unittest.main()
