"""Models whose runs take long enough to be disturbed."""


def serpentine(size):
    """Wide lanes, one way through: thousands of sweeps on few cells, some seconds of run."""
    lanes = ["." * size] * size
    for wall in range(3, size, 4):
        gap = 0 if wall // 4 % 2 else size - 1
        lanes[wall] = "".join("." if c == gap else "@" for c in range(size))
    return "\n".join(lanes)
