"""What a job file can get wrong: exit 3, the place, the reason and the way out, said once; nothing is written."""
from bellshard_runs import BAD_COMMAND_LINE, BAD_INPUT, BAD_JOB_FILE, JobTest, main

GOOD = '''[model]
map = "....\\n...."
drift = 0.1
target = [[0, 0]]
[criterion]
kind = "total_cost"
[solver]
tolerance = 1e-6
'''


class BadJobFile(JobTest):
    def refuse(self, text, *phrases, code=BAD_JOB_FILE):
        ending = self.run_job(text, ranks=2)
        self.assert_ends(ending, code, *phrases)
        self.assertEqual(ending.log.count("bellshard: "), 1, ending.log)  # one rank speaks for all
        self.assertFalse(ending.file.exists())

    def replace(self, line, by):
        self.assertIn(line, GOOD)
        return GOOD.replace(line, by)

    def test_the_good_one_runs(self):
        self.assert_ends(self.run_job(GOOD, ranks=2), 0)

    def test_unknown_key(self):
        self.refuse(self.replace("tolerance = 1e-6", "tolerence = 1e-6"), "result.toml:8:1", "solver.tolerence", "did you mean solver.tolerance?")

    def test_unknown_table(self):
        self.refuse(self.replace("[solver]", "[slover]"), "result.toml:7:", "did you mean [solver]?")

    def test_keys_without_use(self):
        self.refuse(self.replace("drift = 0.1", "speed = 20.0"), "result.toml:3:1", "model.speed has no use on a drawn map", "drop it")
        self.refuse(self.replace("drift = 0.1", "target_within = 5.0"), "result.toml:3:1", "without model.target_lat_lon", "drop it")

    def test_wrong_type(self):
        self.refuse(self.replace("drift = 0.1", 'drift = "a little"'), "result.toml:3:1", "model.drift", "wanted a real", "for example 0.1")

    def test_out_of_range(self):
        self.refuse(self.replace("drift = 0.1", "drift = 0.6"), "model.drift = 0.6 (must lie in [0, 0.5])")

    def test_tolerance_zero(self):
        self.refuse(self.replace("tolerance = 1e-6", "tolerance = 0"), "result.toml:8:1", "solver.tolerance = 0 (must lie in (0, 1))", "1e-6 is usual")

    def test_unknown_word(self):
        self.refuse(self.replace('"total_cost"', '"total_costs"'), "criterion.kind", 'did you mean "total_cost"?')

    def test_target_that_is_no_pair(self):
        self.refuse(self.replace("[[0, 0]]", "[0, 0]"), "result.toml:4:", "model.target", "for example [[0, 0]]")

    def test_no_target(self):
        self.refuse(self.replace("target = [[0, 0]]", ""), "no target", "model.target_lat_lon")

    def test_no_map(self):
        self.refuse(self.replace('map = "....\\n...."', ""), "model.file is missing")

    def test_both_file_and_map(self):
        (self.folder / "sea.nc").write_text("never looked at")
        self.refuse(self.replace("drift = 0.1", 'file = "sea.nc"'), "model.file and model.map are both given", "keep one")

    def test_discount_without_discounting(self):
        self.refuse(self.replace('kind = "total_cost"', 'kind = "total_cost"\ndiscount = 0.9'), "result.toml:7:1", "criterion.discount = 0.9")

    def test_discounting_without_discount(self):
        self.refuse(self.replace('"total_cost"', '"discounted"'), "criterion.discount is 1", "must lie in (0, 1)")

    def test_broken_toml(self):
        self.refuse(self.replace("[[0, 0]]", "[[0, 0]"), "result.toml:", "no TOML")

    def test_all_mistakes_at_once(self):
        self.refuse(self.replace("drift = 0.1", "drift = 2").replace("1e-6", "0"), "model.drift = 2", "solver.tolerance = 0")

    def test_missing_job_file(self):
        ending = self.call("run", self.job_name, "-c", "absent.toml", ranks=2)
        self.assert_ends(ending, BAD_JOB_FILE, "absent.toml", "No such file", "bellshard init")

    def test_missing_mask(self):
        self.refuse(self.replace('map = "....\\n...."', 'file = "absent.nc"'), "result.toml:2:1", "absent.nc", "was not found", code=BAD_INPUT)

    def test_misspelt_job(self):
        ending = self.call("run", "value_iterations")
        self.assert_ends(ending, BAD_COMMAND_LINE, "did you mean value_iteration?")


main()
