"""Nobody decides two steps of one case: whether there are people enough for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from shared.procedures.checking.whole import Whole, is_own_people
from shared.procedures.model import Step
from shared.procedures.reading.place import Place

Office = tuple[str, str, str]
"""Role, level, whose region."""


class Seat(NamedTuple):
    """What one person must do: one answer of a step, or the objections to a notice."""

    step: Step
    place: Place
    offices: tuple[Office, ...]


def _seats(whole: Whole) -> Iterator[Seat]:
    notices: set[Office] = set()
    for step, place in whole.placed_steps():
        if step.kind == "external" and step.key in whole.can.external:
            continue
        if step.kind == "opinions":
            for role in step.settings["offices"]:
                yield Seat(step, place, (_office(step, role),))
        elif step.kind == "notice":
            office = _office(step, step.settings["objections"]["by"])
            if office not in notices:  # an objection to each of two notices is rare enough
                notices.add(office)
                yield Seat(step, place, (office,))
        elif step.by:
            yield Seat(step, place, tuple(_office(step, role) for role in step.by))


def _office(step: Step, role: str) -> Office:
    if is_own_people(role):
        return role, "unit", "case"
    return role, step.at, step.of


def check_seats(whole: Whole) -> None:
    """Each seat its own person: an office counts as one, and one more for each step of it that says
    `another_person: true`."""
    seats = list(_seats(whole))
    people = Counter({office: 1 for seat in seats for office in seat.offices})
    people.update(
        seat.offices[0] for seat in seats if seat.place.read("another_person", Place.flag, False)
    )
    applicants = list(whole.values["applicant"])
    if all(is_own_people(role) for role in applicants):  # who applies has no part in the decision
        people.subtract((role, "unit", "case") for role in applicants)
    taken: dict[tuple[Office, int], int] = {}
    for number in range(len(seats)):
        if not _seated(number, seats, people, taken, set()):
            _refuse_seat(whole, seats, number)


def _seated(
    number: int,
    seats: list[Seat],
    people: Counter[Office],
    taken: dict[tuple[Office, int], int],
    tried: set[tuple[Office, int]],
) -> bool:
    """Find the seat a person, moving others to another of their offices where that helps."""
    for office in seats[number].offices:
        for person in range(people[office]):
            place = (office, person)
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or _seated(taken[place], seats, people, taken, tried):
                taken[place] = number
                return True
    return False


def _refuse_seat(whole: Whole, seats: list[Seat], number: int) -> None:
    seat = seats[number]
    role = seat.offices[0][0]
    others = [one for one in seats[:number] if set(one.offices) & set(seat.offices)]
    if not others:
        seat.place.refuse(
            f"{role} 自己申报，又办理步骤 {seat.step.key}（或其异议）：申报人不得办理自己的"
            f"案件。请换"
            "一个角色；该单位确有两人时写 another_person: true。",
            f"{role} applies and also does step {seat.step.key} (or settles its "
            f"objections): nobody "
            "decides their own case. Name another role; where the office has two people, "
            "write another_person: true.",
        )
        return
    first = others[0].step.key
    if "notice" in (seat.step.kind, others[0].step.kind):
        notice = seat if seat.step.kind == "notice" else others[0]
        other = others[0] if notice is seat else seat
        notice.place.child("objections", None).refuse(
            f"异议由 {role} 处理，而步骤 {other.step.key} 也由它办理：办过该步骤的人不得再处理"
            "异议。请在 objections 的 by 写一个没有步骤的角色；确有两人时给公示写 "
            "another_person: true。",
            f"{role} settles the objections and also does the step {other.step.key}: who did "
            "that step may not settle them. Write under objections, by, a role without a "
            "step; where there "
            "are two people, write another_person: true on the notice.",
        )
        return
    seat.place.refuse(
        f"{seat.step.key} 与 {first} 都由 {role} 办理：一人不得办理同一案件的两个步骤，因此要有"
        "两个不同的人。请换一个角色；确有两人时写 another_person: true。",
        f"{seat.step.key} and {first} are both done by {role}: nobody decides two steps of one "
        "case, so two different people are needed. Name another role; where there are two people, "
        "write another_person: true.",
    )
