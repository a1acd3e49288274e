"""Numbers of people and legal entities (IIN, BIN), which end with a digit that controls the others."""
WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def controlled(eleven):
    """These eleven digits and their control digit; None where they have none."""
    for weights in WEIGHTS:
        rest = sum(int(d) * w for d, w in zip(eleven, weights)) % 11
        if rest < 10:
            return eleven + str(rest)
    return None
