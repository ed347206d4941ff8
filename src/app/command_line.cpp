#include "src/app/command_line.hpp"

// CLI11 is seen by this file alone.
#include <CLI/CLI.hpp>
#include <limits>
#include <map>

#include "src/app/duration.hpp"
#include "src/config/nearest.hpp"

namespace bellshard {
namespace {

/// Option texts that are checked after CLI11 has sorted the words.
struct Texts {
  std::string restart = "auto";
  std::string checkpoint_every;
  std::string time_limit;
  std::vector<std::string> files;
  std::string job_file;
  std::string output_dir = ".";
  std::string gathered;
  bool version = false;
  bool quiet = false;
  bool verbose = false;
};

/// One command: its entry in CLI11's tree.
struct Declared {
  Command command;
  CLI::App* app;
};

constexpr char const* footer =
    "Job files are TOML: `bellshard init JOB > job.toml` writes one that runs.\n"
    "On several ranks: mpirun -n 4 bellshard run JOB -c job.toml\n"
    "Exit codes: 0 done, 1 bug, 2 command line, 3 job file, 4 input, 5 not converged, 6 cannot write,\n"
    "            7 out of memory or no device, 8 verification failed, 75 stopped early (run again)";

/// Everything that can be said to the program, in the order of --help.
std::map<std::string, Declared> declare(CLI::App& app, CommandLine& line, Texts& texts) {
  app.footer(footer);
  app.add_flag("--version", texts.version, "print the version");
  app.require_subcommand(0, 1);

  std::map<std::string, Declared> commands;
  auto const command = [&](Command id, char const* name, char const* summary) {
    auto* sub = app.add_subcommand(name, summary);
    commands[name] = {id, sub};
    return sub;
  };
  auto const takes_job = [&](CLI::App* sub) {
    sub->add_option("JOB", line.job, "name of the job (bellshard list)")->type_name("")->required();
  };
  auto const takes_keys = [&](CLI::App* sub) {
    sub->add_option("-c,--config", texts.job_file, "job file (TOML); -: standard input; without it all keys keep their defaults")
        ->type_name("FILE");
    sub->add_option("--set", line.overrides, "TABLE.KEY=VALUE, over what the job file says; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
  };
  auto const takes_verbosity = [&](CLI::App* sub) {
    auto* quiet = sub->add_flag("-q,--quiet", texts.quiet, "warnings and errors alone");
    sub->add_flag("-v,--verbose", texts.verbose, "more about what happens")->excludes(quiet);
  };

  auto* run = command(Command::run, "run", "run a job");
  takes_job(run);
  takes_keys(run);
  run->add_option("-o,--output-dir", texts.output_dir, "folder of the results and checkpoints; made where it is missing")
      ->type_name("DIR");
  run->add_option("--restart", texts.restart, "auto: from the newest checkpoint beside the result; never; or a checkpoint FILE")
      ->type_name("HOW");
  run->add_option("--checkpoint-every", texts.checkpoint_every,
                  "time between checkpoints, such as 10min (the default); 0: after every sweep; never: only when stopped")
      ->type_name("TIME");
  run->add_option("--time-limit", texts.time_limit, "stop with a checkpoint before this time is over, such as 55min or 01:30:00")
      ->type_name("TIME");
  run->add_flag("--verify", line.options.verify, "read the result back and prove it");
  takes_verbosity(run);

  command(Command::list, "list", "list the jobs");
  takes_job(command(Command::describe, "describe", "list the keys of a job with type, range, default and unit"));
  takes_job(command(Command::init, "init", "print a commented job file that runs"));
  auto* check = command(Command::check, "check", "check a job file and estimate the memory of each rank; runs nothing");
  takes_job(check);
  takes_keys(check);
  check->add_option("--ranks", line.options.forecast_ranks, "forecast the time of a sweep on 1, 2, 4, ... up to N ranks, where the model is made by formula")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 24));
  takes_verbosity(check);
  auto* inspect = command(Command::inspect, "inspect", "show what a result or checkpoint holds");
  inspect->add_option("FILE", texts.files, "the file")->type_name("")->required()->expected(1);
  auto* query = command(Command::query, "query", "answer for a state of a result (its value, bounds, action, ...), or for words of a corpus index (how often, where)");
  query->add_option("FILE", texts.files, "the result; or the index, and behind it the words to look for, in quotes (token ids, where it has ids)")
      ->type_name("[WORDS]")
      ->required()
      ->expected(1, 2);
  query->add_option("--state", line.state, "its name, its index, or a predicate over the labels and variables of the result: \"goal & s1=12\"")
      ->type_name("WHICH");
  auto* diff = command(Command::diff, "diff", "compare the results of two files: exit 0 if they are the same, 8 if they differ");
  diff->add_option("FILES", texts.files, "the two files")->type_name("")->required()->expected(2);
  diff->add_option("--rtol", line.relative_tolerance, "relative difference that is tolerated; 0, the default: the same bits")
      ->type_name("R");
  auto* convert = command(Command::convert, "convert", "write a model in another format, told by the ends of the names: .h5, .umb, ...");
  convert->add_option("FILES", texts.files, "the model, and the file to write")->type_name("IN OUT")->required()->expected(2);
  convert->add_flag("--reorder", line.reorder, "renumber the states so that transitions lead to near ones; original_state holds their old numbers");
  takes_verbosity(convert);
  auto* gather = command(Command::gather, "gather", "join the results of runs with other parameters along a new axis, into one file");
  gather->add_option("FILES", texts.files, "the results; what their job files set differently becomes coordinates")->type_name("")->required();
  gather->add_option("-o,--output", texts.gathered, "the file to write")->type_name("FILE")->required();
  takes_verbosity(gather);
  for (auto& [name, declared] : commands) declared.app->allow_extras();
  return commands;
}

std::string joined_for_shell(std::vector<std::string> const& words) {
  std::string text = "bellshard";
  for (auto const& word : words) {
    bool const plain = !word.empty() && word.find_first_of(" \t\n\"'\\$&|;<>()[]{}*?!#~`") == std::string::npos;
    std::string safe = word;
    for (std::size_t at = 0; (at = safe.find('\'', at)) != std::string::npos; at += 4) safe.replace(at, 1, "'\\''");
    text += plain ? " " + word : " '" + safe + "'";
  }
  return text;
}

double duration(char const* option, std::string const& text) {
  auto const seconds = parse_duration(text);
  if (!seconds) {
    fail(ExitCode::bad_command_line, "{} {} is no duration; write 90s, 10min, 1.5h, 2d, 01:30:00 or plain seconds", option, text);
  }
  return *seconds;
}

[[noreturn]] void refuse_extra(std::string const& command, CLI::App const& app, std::string const& word) {
  if (!word.starts_with("-")) {
    fail(ExitCode::bad_command_line, "`{}` is one word too many; see `bellshard {} --help`", word, command);
  }
  std::vector<std::string> options;
  for (auto const* option : app.get_options()) {
    for (auto const& name : option->get_lnames()) options.push_back("--" + name);
  }
  auto const meant = nearest(word, options);
  fail(ExitCode::bad_command_line, "bellshard {} has no option {}; {}", command, word,
       meant ? fmt::format("did you mean {}?", *meant) : fmt::format("see `bellshard {} --help`", command));
}

[[noreturn]] void refuse_command(std::string const& word, std::map<std::string, Declared> const& commands) {
  std::vector<std::string> names;
  for (auto const& [name, declared] : commands) names.push_back(name);
  auto const meant = nearest(word, names);
  fail(ExitCode::bad_command_line, "`{}` is no command of bellshard; {}", word,
       meant ? fmt::format("did you mean `bellshard {}`?", *meant) : "`bellshard --help` lists them");
}

void read_texts(Texts const& texts, CommandLine& line) {
  line.files.assign(texts.files.begin(), texts.files.end());
  if (line.command == Command::query && line.files.size() == 2) {
    line.words = texts.files[1];
    line.files.pop_back();
  }
  line.job_file = texts.job_file;
  line.options.output_dir = texts.output_dir;
  line.gathered = texts.gathered;
  line.verbosity = texts.quiet ? Verbosity::quiet : texts.verbose ? Verbosity::debug : Verbosity::normal;
  line.options.restart = texts.restart == "auto" ? Restart::automatic : texts.restart == "never" ? Restart::never : Restart::file;
  if (line.options.restart == Restart::file) line.options.restart_file = texts.restart;
  if (texts.checkpoint_every == "never") {
    line.options.checkpoint_every = std::numeric_limits<double>::infinity();
  } else if (!texts.checkpoint_every.empty()) {
    line.options.checkpoint_every = duration("--checkpoint-every", texts.checkpoint_every);
  }
  if (!(line.relative_tolerance >= 0)) {
    fail(ExitCode::bad_command_line, "--rtol {}: must be at least 0, for example 1e-9", line.relative_tolerance);
  }
  if (!texts.time_limit.empty()) line.options.time_limit = duration("--time-limit", texts.time_limit);
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> const& words) {
  CommandLine line;
  Texts texts;
  CLI::App app("Bellshard: dynamic programming at cluster scale", "bellshard");
  auto const commands = declare(app, line, texts);
  if (words.empty()) fail(ExitCode::bad_command_line, "no command was given; `bellshard --help` lists them");
  if (!words[0].starts_with("-") && !commands.contains(words[0])) refuse_command(words[0], commands);

  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());  // CLI11 takes the words from the back
    app.parse(reversed);
  } catch (CLI::CallForHelp const&) {
    line.help = app.help();
    return line;
  } catch (CLI::ParseError const& error) {
    auto const* sub = commands.contains(words[0]) ? words[0].c_str() : "";
    fail(ExitCode::bad_command_line, "{}; see `bellshard {}{}--help`", error.what(), sub, *sub ? " " : "");
  }
  if (texts.version) {
    line.command = Command::version;
    return line;
  }
  for (auto const& [name, declared] : commands) {
    if (!declared.app->parsed()) continue;
    line.command = declared.command;
    auto const extra = declared.app->remaining();
    if (!extra.empty()) refuse_extra(name, *declared.app, extra.front());
  }
  line.options.command_line = joined_for_shell(words);
  read_texts(texts, line);
  return line;
}

}  // namespace bellshard
