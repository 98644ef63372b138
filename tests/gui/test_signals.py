"""The Qt binding on this interpreter survives as many signals as a long batch sends."""

import subprocess
import sys

_PROGRAM = """
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

class Sender(QObject):
    said = Signal(object, bool)

app = QCoreApplication([])
sender, heard = Sender(), []
sender.said.connect(lambda value, flag: heard.append(flag))
sender.said.connect(lambda value, flag: heard.append(flag), Qt.ConnectionType.QueuedConnection)
for number in range(20_000):
    sender.said.emit(number, True)
    if number % 500 == 0:
        app.processEvents()
app.processEvents()
print(len(heard), all(heard))
"""


def test_twenty_thousand_signals_are_all_delivered() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout.split()) == (0, ["40000", "True"]), done.stderr
