#include <catch2/catch.hpp>
#include <cmath>

#include "src/app/command_line.hpp"
#include "tests/unit/sample_job.hpp"

using namespace bellshard;

namespace {

std::string refused(std::vector<std::string> const& words) {
  return refusal([&] { (void)parse_command_line(words); });
}

}  // namespace

TEST_CASE("run takes a job, a job file, overrides and options") {
  auto const line = parse_command_line({"run", "sea", "-c", "job.toml", "--set", "a.b=1", "--set", "c.d=[1, 2]", "-o", "out", "--restart",
                                        "old.h5", "--checkpoint-every", "10min", "--time-limit", "00:55:00", "--verify", "--quiet"});

  CHECK(line.command == Command::run);
  CHECK(line.job == "sea");
  CHECK(line.job_file == "job.toml");
  CHECK(line.overrides == std::vector<std::string>{"a.b=1", "c.d=[1, 2]"});
  CHECK(line.options.output_dir == "out");
  CHECK(line.options.restart == Restart::file);
  CHECK(line.options.restart_file == "old.h5");
  CHECK(line.options.checkpoint_every == 600);
  CHECK(line.options.time_limit == 3300);
  CHECK(line.options.verify);
  CHECK(line.verbosity == Verbosity::quiet);
  CHECK(line.options.command_line ==
        "bellshard run sea -c job.toml --set a.b=1 --set 'c.d=[1, 2]' -o out --restart old.h5 --checkpoint-every 10min "
        "--time-limit 00:55:00 --verify --quiet");
}

TEST_CASE("the options of run have defaults, and the order of words is free") {
  auto const line = parse_command_line({"run", "--set=a.b=1", "sea"});

  CHECK(line.job == "sea");
  CHECK(line.overrides == std::vector<std::string>{"a.b=1"});
  CHECK(line.job_file.empty());
  CHECK(line.options.output_dir == ".");
  CHECK(line.options.restart == Restart::automatic);
  CHECK(line.options.checkpoint_every == 600);
  CHECK(line.options.time_limit == 0);
  CHECK_FALSE(line.options.verify);
  CHECK(line.verbosity == Verbosity::normal);
  CHECK(parse_command_line({"run", "sea", "--restart", "never"}).options.restart == Restart::never);
  CHECK(std::isinf(parse_command_line({"run", "sea", "--checkpoint-every", "never"}).options.checkpoint_every));
}

TEST_CASE("the other commands take what they need") {
  CHECK(parse_command_line({"list"}).command == Command::list);
  CHECK(parse_command_line({"describe", "sea"}).job == "sea");
  CHECK(parse_command_line({"init", "sea"}).command == Command::init);
  CHECK(parse_command_line({"check", "sea", "-c", "-"}).job_file == "-");
  CHECK(parse_command_line({"inspect", "a.h5"}).files.size() == 1);
  auto const diff = parse_command_line({"diff", "a.h5", "b.h5", "--rtol", "1e-9"});
  CHECK(diff.files == std::vector<std::filesystem::path>{"a.h5", "b.h5"});
  auto const convert = parse_command_line({"convert", "a.umb", "a.h5"});
  CHECK(convert.command == Command::convert);
  CHECK(convert.files == std::vector<std::filesystem::path>{"a.umb", "a.h5"});
  CHECK(diff.relative_tolerance == 1e-9);
}

TEST_CASE("help and version are commands like others") {
  CHECK(parse_command_line({"--version"}).command == Command::version);
  auto const help = parse_command_line({"--help"});
  CHECK(help.command == Command::help);
  CHECK(help.help.find("inspect") != std::string::npos);
  CHECK(parse_command_line({"run", "--help"}).help.find("--checkpoint-every") != std::string::npos);
}

TEST_CASE("wrong words lead to exit 2 with the way out") {
  CHECK(refused({}) == "2 no command was given; `bellshard --help` lists them");
  CHECK(refused({"rnu", "sea"}) == "2 `rnu` is no command of bellshard; did you mean `bellshard run`?");
  CHECK(refused({"frobnicate"}) == "2 `frobnicate` is no command of bellshard; `bellshard --help` lists them");
  CHECK(refused({"run"}) == "2 JOB is required; see `bellshard run --help`");
  CHECK(refused({"run", "sea", "--verfy"}) == "2 bellshard run has no option --verfy; did you mean --verify?");
  CHECK(refused({"run", "sea", "--frobnicate"}) == "2 bellshard run has no option --frobnicate; see `bellshard run --help`");
  CHECK(refused({"list", "sea"}) == "2 `sea` is one word too many; see `bellshard list --help`");
  CHECK(refused({"run", "sea", "--time-limit", "soon"}) ==
        "2 --time-limit soon is no duration; write 90s, 10min, 1.5h, 2d, 01:30:00 or plain seconds");
  CHECK_THAT(refused({"run", "sea", "--time-limit"}), Catch::StartsWith("2 ") && Catch::EndsWith("see `bellshard run --help`"));
  CHECK_THAT(refused({"run", "sea", "-q", "-v"}), Catch::StartsWith("2 "));
  CHECK(refused({"diff", "a", "b", "--rtol", "-1"}) == "2 --rtol -1: must be at least 0, for example 1e-9");
  CHECK_THAT(refused({"diff", "a", "b", "--rtol", "small"}), Catch::StartsWith("2 "));
  CHECK_THAT(refused({"diff", "a"}), Catch::StartsWith("2 "));
}
