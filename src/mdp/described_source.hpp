#pragma once
#include <functional>
#include <string>
#include <vector>

#include "src/mdp/source.hpp"

namespace bellshard::mdp {

/// What people may ask about the states of a generated model, beside its transitions. Host functions of the global state.
struct StateFacts {
  struct Label {
    std::string name;  ///< "init" marks the initial states
    std::function<bool(std::int64_t)> holds;
  };
  struct Coordinate {
    std::string name;
    std::function<double(std::int64_t)> of;
  };
  std::string description;  ///< "ring of 50 places": for the log
  std::vector<Label> labels = {};
  std::vector<Coordinate> coordinates = {};
  std::vector<std::string> actions = {};  ///< names of action 0, 1, ... of every state; those behind the last have none
};

/// A source whose states are described by formulas: labels and coordinates. The rows are left to those who derive.
class DescribedSource : public Source {
 public:
  explicit DescribedSource(StateFacts facts) : facts_(std::move(facts)) {}

  std::string description() const override { return facts_.description; }
  std::vector<std::string> labels() const override;
  std::vector<std::uint8_t> label(MPI_Comm comm, Block own, std::string const& name) const override;
  std::vector<std::string> coordinates() const override;
  std::vector<double> coordinate(MPI_Comm comm, Block own, std::string const& name) const override;
  ActionNames action_names(MPI_Comm comm, Block own) const override;

 protected:
  /// Exit 3 for a reward by name: generated models have one, without a name.
  void expect_default_reward(std::string const& reward) const;

 private:
  StateFacts facts_;
};

}  // namespace bellshard::mdp
