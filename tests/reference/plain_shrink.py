"""Which blocks to remove, as a plain table: the dynamic program with a beam of any width, and all masks."""
import itertools


def without(mask, block):
    return mask[:block] + "0" + mask[block + 1:]


def shrink(blocks, free, most, metric, sign=1, beam=1):
    """metric: of a mask as text; sign -1 where less is better. Returns the table {(n, m): [(metric, mask), ...]} and the masks that were asked for."""
    whole = "1" * blocks
    asked = [whole]
    table = {(n, 0): [(metric(whole), whole)] for n in range(len(free) + 1)}
    for n in range(1, len(free) + 1):
        for m in range(1, min(n, most) + 1):
            cell = list(table.get((n - 1, m), []))
            for _, mask in table.get((n - 1, m - 1), []):
                tried = without(mask, free[len(free) - n])
                asked.append(tried)
                value = metric(tried)
                place = next((k for k, (held, _) in enumerate(cell) if sign * value > sign * held), len(cell))
                cell.insert(place, (value, tried))
            table[n, m] = cell[:beam]
    return table, asked


def best_of_all(blocks, free, removed, metric, sign=1):
    masks = []
    for off in itertools.combinations(free, removed):
        mask = "1" * blocks
        for block in off:
            mask = without(mask, block)
        masks.append(mask)
    return max(masks, key=lambda mask: sign * metric(mask))
