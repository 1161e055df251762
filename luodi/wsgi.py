"""The web application that granian serves, and on request the job worker beside it in the same process."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.settings")
application = get_wsgi_application()

if os.environ.get("LUODI_WITH_WORKER") == "1":
    from luodi.jobs.worker import work

    # Here and not in the command: a process that forks with an open SQLite database leaves its child locked out for ever.
    threading.Thread(target=work, args=(threading.Event(),), name="luodi-worker", daemon=True).start()
