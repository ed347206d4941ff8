#include "src/mdp/source.hpp"

#include <algorithm>

#include "src/base/error.hpp"
#include "src/mdp/predicate.hpp"

namespace bellshard::mdp {

std::unique_ptr<Operator> Source::matrix_free(MPI_Comm, Partition const&, Objective, double) const { return nullptr; }

Outcomes Source::outcomes(MPI_Comm comm, Block own, std::string const& reward) const {
  BELLSHARD_INPUT(!interval(), "{}: has probability_upper, and a distribution of rewards is not told for intervals; drop it", description());
  auto outcomes = with_pair_rewards(rows(comm, own, reward));
  sort_outcomes(outcomes);
  return outcomes;
}

RowStream Source::stream(Block, std::string const&, double) const {
  fail(ExitCode::bug, "{} has no file that its rows could stay in", description());
}

std::vector<std::uint8_t> Source::where(MPI_Comm comm, Block own, std::string const& predicate) const {
  Predicate const wanted(predicate, {labels(), coordinates()});
  return wanted.evaluate(own.size(), {[&](std::string const& name) { return label(comm, own, name); },
                                      [&](std::string const& name) { return coordinate(comm, own, name); }});
}

bool Source::has_label(std::string const& name) const {
  auto const all = labels();
  return std::find(all.begin(), all.end(), name) != all.end();
}

std::vector<std::uint8_t> Source::initial(MPI_Comm comm, Block own) const {
  return has_label("init") ? label(comm, own, "init") : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> Source::label(MPI_Comm, Block, std::string const& name) const {
  fail(ExitCode::bug, "{} has no label {}", description(), name);
}

std::vector<double> Source::coordinate(MPI_Comm, Block, std::string const& name) const {
  fail(ExitCode::bug, "{} has no coordinate {}", description(), name);
}

}  // namespace bellshard::mdp
