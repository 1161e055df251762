"""Jobs: long work as a row. One table, one worker command, no broker; a killed worker's job is taken up again.

Words: *job* one piece of work · *kind* the function that does it · *claim* a worker takes a job by a conditional UPDATE ·
*heartbeat* the sign that its worker lives.
Start in `models.py`, then `worker.py`.
"""
