"""Moves planets around a sun: arithmetic in nested loops, all of it in Python.

A profile shows the share of each line of the inner loop; try what `math.sqrt` instead of `** -1.5` changes.

    pyflame -o profile.txt -t python3 examples/planets.py
"""
import sys
import time


class Body:
    def __init__(self, mass, position, velocity):
        self.mass = mass
        self.position = position
        self.velocity = velocity


def make_system():
    yield Body(1000.0, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    for number in range(1, 6):
        distance = 10.0 * number
        yield Body(1.0 / number, [distance, 0.0, 0.1 * number], [0.0, (1000.0 / distance) ** 0.5, 0.0])


def attract(body, other, step):
    separation = [mine - theirs for mine, theirs in zip(body.position, other.position)]
    squared = sum(part * part for part in separation)
    pull = step * squared ** -1.5
    for axis, part in enumerate(separation):
        body.velocity[axis] -= part * other.mass * pull
        other.velocity[axis] += part * body.mass * pull


def advance(bodies, step):
    for index, body in enumerate(bodies):
        for other in bodies[index + 1:]:
            attract(body, other, step)
    for body in bodies:
        for axis in range(3):
            body.position[axis] += step * body.velocity[axis]


def energy(bodies):
    total = 0.0
    for index, body in enumerate(bodies):
        total += body.mass * sum(part * part for part in body.velocity) / 2
        for other in bodies[index + 1:]:
            squared = sum((mine - theirs) ** 2 for mine, theirs in zip(body.position, other.position))
            total -= body.mass * other.mass / squared ** 0.5
    return total


def main():
    end = time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else 3)
    bodies = list(make_system())
    before = energy(bodies)
    steps = 0
    while time.monotonic() < end:
        for _ in range(100):
            advance(bodies, 0.001)
        steps += 100
    print("%d steps; the energy is off by %.2e of itself" % (steps, abs(energy(bodies) / before - 1)))


if __name__ == "__main__":
    main()
