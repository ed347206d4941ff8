#include <algorithm>

#include "io/hdf5/input_file.hpp"
#include "io/import/model_formats.hpp"
#include "src/app/commands.hpp"
#include "src/base/hash.hpp"
#include "src/drive/record.hpp"
#include "src/mdp/renumber.hpp"

namespace bellshard {
namespace {

std::string counted(std::int64_t n, char const* one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); }

template <class T>
std::string listed(char const* what, std::vector<io::ExplicitMdp::Named<T>> const& arrays) {
  if (arrays.empty()) return "";
  constexpr std::size_t shown = 10;
  std::string names;
  for (std::size_t i = 0; i < std::min(shown, arrays.size()); ++i) {
    names += (i > 0 ? ", " : "") + (arrays[i].name.empty() ? std::string("one without name") : arrays[i].name);
  }
  if (arrays.size() > shown) names += fmt::format(" and {} more", arrays.size() - shown);
  return fmt::format("; {}: {}", what, names);
}

/// "272 states, 400 pairs of state and action, 492 transitions; labels: init, done; rewards: steps"
std::string summary(io::ExplicitMdp const& mdp) {
  auto text = fmt::format("{}, {} of state and action, {}{}", counted(mdp.states(), "state"),
                          mdp.pairs() == 1 ? "1 pair" : fmt::format("{} pairs", mdp.pairs()), counted(mdp.transitions(), "transition"),
                          mdp.probability_upper.empty() ? "" : " with intervals of probability");
  return text + listed("labels", mdp.labels) + listed("rewards", mdp.rewards) + listed("variables", mdp.coordinates) +
         (mdp.state_name.empty() ? "" : "; names of states") + (mdp.action_name.empty() ? "" : "; names of actions");
}

}  // namespace

ExitCode convert_model(CommandLine const& line, MPI_Comm comm) {
  auto const& in = line.files[0];
  auto const& out = line.files[1];
  auto const& from = io::format_to_read(in);
  auto const& to = io::format_to_write(out);
  Context context(comm, line.options, line.verbosity);
  // The whole model passes through one process; other ranks, if there are any, share its fate.
  auto record = make_record(context, "convert", "Markov decision process", {});
  together(comm, [&] {
    if (!context.root()) return;
    auto mdp = from.read(in);
    context.log().info("{}: {}", in.string(), summary(mdp));
    if (in.extension() == ".h5" && io::InputFile(MPI_COMM_SELF, in).has("/transition_reward")) {
      context.log().warn("{}: /transition_reward is left out; expected rewards of pairs alone are converted", in.string());
    }
    if (line.reorder) {
      double const before = mdp::mean_distance(mdp);
      mdp = mdp::renumber(mdp, mdp::near_order(mdp));
      context.log().info("renumbered: a transition leads {:.3g} states away on average, {:.3g} before; original_state holds the old numbers",
                         mdp::mean_distance(mdp), before);
    }
    record.inputs.emplace_back(in.string(), sha256_of_file(in));
    bool const replaces = std::filesystem::exists(out);
    to.write(out, mdp, record);
    context.log().info("{}: written ({}){}", out.string(), to.summary, replaces ? ", in place of the file that stood there" : "");
  });
  return ExitCode::done;
}

}  // namespace bellshard
