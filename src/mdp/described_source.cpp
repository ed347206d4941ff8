#include "src/mdp/described_source.hpp"

#include <algorithm>

#include "src/base/error.hpp"
#include "src/mdp/predicate.hpp"

namespace bellshard::mdp {
namespace {

template <class Named>
std::vector<std::string> names_of(std::vector<Named> const& all) {
  std::vector<std::string> names;
  for (auto const& one : all) names.push_back(one.name);
  return names;
}

template <class Named>
auto find_named(std::vector<Named> const& all, std::string const& name) {
  return std::find_if(all.begin(), all.end(), [&](Named const& one) { return one.name == name; });
}

}  // namespace

std::vector<std::uint8_t> DescribedSource::where(MPI_Comm comm, Block own, std::string const& predicate) const {
  Predicate const holds(predicate, {names_of(facts_.labels), names_of(facts_.coordinates)});
  return holds.evaluate(own.size(), {[&](std::string const& name) { return label(own, name); },
                                     [&](std::string const& name) { return coordinate(comm, own, name); }});
}

bool DescribedSource::has_label(std::string const& name) const { return find_named(facts_.labels, name) != facts_.labels.end(); }

std::vector<std::uint8_t> DescribedSource::initial(MPI_Comm, Block own) const {
  return has_label("init") ? label(own, "init") : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> DescribedSource::label(Block own, std::string const& name) const {
  auto const& holds = find_named(facts_.labels, name)->holds;
  std::vector<std::uint8_t> marked;
  marked.reserve(static_cast<std::size_t>(own.size()));
  for (auto state = own.begin; state < own.end; ++state) marked.push_back(holds(state) ? 1 : 0);
  return marked;
}

std::vector<std::string> DescribedSource::coordinates() const { return names_of(facts_.coordinates); }

std::vector<double> DescribedSource::coordinate(MPI_Comm comm, Block own, std::string const& name) const {
  auto const found = find_named(facts_.coordinates, name);
  if (found == facts_.coordinates.end()) return Source::coordinate(comm, own, name);
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(own.size()));
  for (auto state = own.begin; state < own.end; ++state) values.push_back(found->of(state));
  return values;
}

void DescribedSource::expect_default_reward(std::string const& reward) const {
  if (!reward.empty()) {
    fail(ExitCode::bad_job_file, "{} has no reward \"{}\": a generated model has one reward, without a name; drop criterion.reward",
         description(), reward);
  }
}

}  // namespace bellshard::mdp
