#include "src/mdp/described_source.hpp"

#include <algorithm>

#include "src/base/error.hpp"

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

std::vector<std::string> DescribedSource::labels() const { return names_of(facts_.labels); }

std::vector<std::uint8_t> DescribedSource::label(MPI_Comm comm, Block own, std::string const& name) const {
  auto const found = find_named(facts_.labels, name);
  if (found == facts_.labels.end()) return Source::label(comm, own, name);
  std::vector<std::uint8_t> marked;
  marked.reserve(static_cast<std::size_t>(own.size()));
  for (auto state = own.begin; state < own.end; ++state) marked.push_back(found->holds(state) ? 1 : 0);
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

Source::ActionNames DescribedSource::action_names(MPI_Comm, Block) const {
  auto const named = static_cast<std::int32_t>(facts_.actions.size());
  return {facts_.actions, [named](std::int64_t, std::int32_t action) { return action < named ? action : -1; }};
}

void DescribedSource::expect_default_reward(std::string const& reward) const {
  if (!reward.empty()) {
    fail(ExitCode::bad_job_file, "{} has no reward \"{}\": a generated model has one reward, without a name; drop criterion.reward",
         description(), reward);
  }
}

}  // namespace bellshard::mdp
