"""Large grids at discounts near 1 against their closed form: up to 4 million cells at 1 - 1e-6."""
from bellshard_runs import main
from grid_values import GridValues


class Grid(GridValues):
    patience = 900

    def test_500_at_99_100(self):
        self.check_grid(500, "0.99", "-99.999635488", ranks=(1, 2, 3, 4))

    def test_500_at_999_1000(self):
        self.check_grid(500, "0.999", "-712.912476738", ranks=(1, 2, 3, 4))

    def test_500_at_9999_10000(self):
        self.check_grid(500, "0.9999", "-1172.865753611", ranks=(1, 2, 3, 4))

    def test_500_at_999999_1000000(self):
        self.check_grid(500, "0.999999", "-1246.722662575", ranks=(1, 2, 3, 4))

    def test_2000_at_999999_1000000(self):
        self.check_grid(2000, "0.999999", "-4985.035137732", ranks=(1, 2, 3, 4), methods=("gauss_seidel",))
        self.check_grid(2000, "0.999999", "-4985.035137732", ranks=(1, 2))


main()
