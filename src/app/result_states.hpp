#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5/input_file.hpp"
#include "src/app/variable.hpp"

namespace bellshard {

/// A table of names as results hold it: letters [item, length], filled up with zeros.
class NameColumn {
 public:
  NameColumn() = default;
  /// Empty where the file has no such table.
  NameColumn(io::InputFile const& file, std::string const& table);

  bool empty() const { return letters_.empty(); }
  std::int64_t size() const { return empty() ? 0 : static_cast<std::int64_t>(letters_.size() / width_); }
  std::string_view operator[](std::int64_t item) const;
  std::vector<std::string> first(std::int64_t most) const;

 private:
  std::vector<char> letters_;
  std::size_t width_ = 1;
};

/// What a result says of the states of a model: the variables over the axis "state".
struct ResultStates {
  explicit ResultStates(io::InputFile const& file);

  /// The states that are meant by a name, an index or a predicate over the labels and variables. Exit 4 where there are none,
  /// with the nearest name.
  std::vector<std::int64_t> find(std::string const& asked) const;

  /// "value", or of one of several criteria "goal.value".
  static std::string name_of(Variable const& variable);

  io::InputFile const& file;
  std::int64_t count = 0;
  std::vector<std::string> criteria;  ///< names of [criteria.NAME]; empty: one, without a name
  std::vector<Variable> variables;  ///< without labels and names; the answers first
  std::vector<std::string> labels;  ///< "goal" for /results/label_goal
  NameColumn names;

 private:
  void collect(std::string const& group);
  std::vector<std::int64_t> where(std::string const& predicate) const;
};

}  // namespace bellshard
