"""As test_qvbs, at 1, 3 and 4 ranks."""
from bellshard_runs import main
from qvbs_checks import BenchmarkSet, add_tests


class Properties(BenchmarkSet):
    pass


add_tests(Properties, lambda model: (1, 3, 4))
main()
