"""Run in an installation of its own: so many clerks, each with a connection of their own, press at the same moment. Prints what each was told."""

import json
import sys
import threading
from datetime import date

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from luodi.accounts.models import User  # noqa: E402
from luodi.audit.actions import record  # noqa: E402
from luodi.factors import reserving, supplying  # noqa: E402
from luodi.factors.models import Pool, Reservation  # noqa: E402
from luodi.factors.queries import unbalanced  # noqa: E402
from luodi.factors.statements import Tranche  # noqa: E402
from luodi.projects.models import Project  # noqa: E402

DAY = date(2026, 1, 1)


def press(number, pool, ready, told):
    clerk, project = User.objects.get(username=f"c{number}"), Project.objects.get(name=f"第{number}号工程")
    ready.wait()
    try:
        held = reserving.hold(actor=clerk, project=project, pool=pool, claim=reserving.Claim(3, DAY, "申请"))
        reserving.promise(actor=None, reservation=held, from_on=DAY, basis="批复")
        told[number] = "promised"
    except ValidationError as error:
        told[number] = type(error).__name__
    except Exception as error:  # noqa: BLE001 # the test wants to see it
        told[number] = repr(error)
    finally:
        connection.close()


def main(clerks, units):
    pool = supplying.open_pool(actor=None, factor="nox", unit="dawa")
    supplying.supply(actor=None, pool=pool, tranche=Tranche(units, DAY, "批复"))
    with transaction.atomic():
        told = {"role": "unit_clerk", "unit": "dawa"}
        User.objects.bulk_create([User(username=f"c{number}", **told) for number in range(clerks)])
        record(None, "accounts.account.created", rows=clerks)
    ready, told = threading.Barrier(clerks), [""] * clerks
    threads = [threading.Thread(target=press, args=(n, pool, ready, told)) for n in range(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = list(Reservation.objects.filter(state="promised").values_list("amount", flat=True))
    sys.stdout.write(
        json.dumps({"told": told, "given": given, "unbalanced": unbalanced(), "pools": Pool.objects.count()})
    )


main(*map(int, sys.argv[1:]))
