"""`python -m tests.bench.one_service`: the supervisor of `make run` with what a claim needs and
nothing else, so that processes at rest take nothing from a figure."""

import os

from deploy.run import processes
from deploy.run.output import Shown
from deploy.run.processes import Place
from deploy.run.specification import Spec
from deploy.run.starting import run


def listed(place: Place) -> list[Spec]:
    entrances = [each for each in processes.entrances(place) if each.name == "identity"]
    return [
        *processes.engines(place),
        *processes.preparation(),
        *processes.simulators(place),
        *entrances,
        *processes.service_processes("subsidy", place),
        processes.finance(place),
    ]


if __name__ == "__main__":
    run(dict(os.environ), Shown.NOTHING, listed)
