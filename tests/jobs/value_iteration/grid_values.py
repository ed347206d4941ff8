"""The closed form of the grid, shared by test_generated_models and slow_closed_forms."""
from fractions import Fraction

from closed_form_checks import KnownValues, discounted


class GridValues(KnownValues):
    MOVE = Fraction(4, 5)

    def check_grid(self, side, discount, digits=None, ranks=(1, 2, 3, 4), **how):
        """digits: printed by an independent solver for the corner that is farthest from the goal."""
        g = Fraction(discount)
        w = 1 - (1 - self.MOVE) * g
        kappa = self.MOVE * g / w

        def value(distance):  # rational powers of this size are cut to 60 digits
            power = (kappa ** distance).limit_denominator(10 ** 60)
            return -(1 / w) * (1 - power) / (1 - kappa)
        corner = side * side - 1
        if digits:
            self.check_print(value(2 * side - 2), digits)
        known = {0: 0, 1: value(1), side: value(1), side + 1: value(2), corner: value(2 * side - 2), side - 1: value(side - 1)}
        criterion, steps = discounted(float(discount))
        self.check({"kind": "grid", "rows": side, "columns": side, "move": 0.8}, criterion, known, steps, ranks, **how)
