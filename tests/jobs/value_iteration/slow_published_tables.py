"""Published numbers of models of some millions of transitions: platelets, two products, growth on its whole grid."""
import hashlib

import numpy as np

from bellshard_runs import main
from closed_form_checks import RANKS, KnownValues, discounted
from perishable_models import Platelets, TwoProducts


class Perishables(KnownValues):
    MODEL = {"kind": "file", "file": "model.h5"}

    def test_orders_of_platelets(self):
        """The orders that an independent code gives in 3087 states, as a digest of one byte a state."""
        Platelets().write(self.folder / "model.h5")
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                action = self.solve(self.MODEL, discounted(0.95)[0], ranks, tolerance=1e-8).result("action")
                self.assertEqual(dict(zip(*(x.tolist() for x in np.unique(action, return_counts=True)))),
                                 {0: 2907, 4: 15, 5: 23, 6: 30, 7: 29, 8: 24, 9: 19, 10: 14, 11: 14, 12: 8, 13: 4})
                self.assertEqual(hashlib.sha256(action.astype(np.uint8).tobytes()).hexdigest(),
                                 "841c5c56b65d88be98234db8f53cee9e59c4e67f0e0d63051e03eca18148d849")

    def check_two_products(self, gain, *products):
        """Profit of a period, by the authors' code, three decimals."""
        TwoProducts(*products).write(self.folder / "model.h5")
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                ending = self.solve(self.MODEL, {"kind": "average_reward", "objective": "max"}, ranks, tolerance=1e-5)
                lower, upper = ending.result("lower"), ending.result("upper")
                self.assertGreaterEqual(upper.min(), gain - 0.0005)
                self.assertLessEqual(lower.max(), gain + 0.0005)

    def test_two_alike_products(self):
        self.check_two_products(4.503, 5, 5, 10, 10)

    def test_two_unlike_products(self):
        self.check_two_products(4.523, 7, 3, 14, 6)


main()
