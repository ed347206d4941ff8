#include "io/import/npz.hpp"

#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "io/import/npy.hpp"
#include "io/mdp/check.hpp"
#include "io/umb/archive.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

/// [S,S] for one action, compressed rows.
struct SparseMatrix {
  std::vector<std::int64_t> offset{0};
  std::vector<std::int64_t> column;
  std::vector<double> value;

  /// Sum of the entries of a row in a column.
  double at(std::int64_t row, std::int64_t col) const {
    double sum = 0;
    for (auto i = offset[row]; i < offset[row + 1]; ++i) {
      if (column[i] == col) sum += value[i];
    }
    return sum;
  }
};

class NpzReader {
 public:
  explicit NpzReader(std::filesystem::path const& path) : path_(path.string()), entries_(read_archive(path, ArchiveKind::zip)) {}

  ExplicitMdp read() {
    auto const transitions = matrices("P");
    BELLSHARD_INPUT(!transitions.empty(), "{}: holds neither P nor P0_data; {}", path_, layout_words);
    states_ = static_cast<std::int64_t>(transitions[0].offset.size()) - 1;
    actions_ = static_cast<std::int64_t>(transitions.size());
    for (std::int64_t a = 0; a < actions_; ++a) {
      BELLSHARD_INPUT(static_cast<std::int64_t>(transitions[static_cast<std::size_t>(a)].offset.size()) - 1 == states_,
                      "{}:P{}_indptr: has another number of rows than the first action, {}", path_, a, states_);
    }
    ExplicitMdp mdp;
    for (std::int64_t s = 0; s < states_; ++s) {
      for (auto const& matrix : transitions) {
        for (auto i = matrix.offset[s]; i < matrix.offset[s + 1]; ++i) {
          mdp.next_state.push_back(matrix.column[i]);
          mdp.probability.push_back(matrix.value[i]);
        }
        mdp.transition_offset.push_back(mdp.transitions());
      }
      mdp.action_offset.push_back(mdp.pairs());
    }
    mdp.rewards.push_back({"", rewards(mdp)});
    check(mdp, path_);
    return mdp;
  }

 private:
  static constexpr char const* layout_words =
      "save P [A,S,S] and R ([S], [S,A] or [A,S,S]) with numpy.savez, or P0_data, P0_indices, P0_indptr, P1_data, ... of CSR matrices";

  bool has(std::string const& name) const { return entries_.contains(name + ".npy"); }
  std::string place(std::string const& name) const { return path_ + ":" + name; }
  NumpyArray array(std::string const& name) const {
    auto const found = entries_.find(name + ".npy");
    BELLSHARD_INPUT(found != entries_.end(), "{}: there is no such array; {}", place(name), layout_words);
    return parse_npy(found->second, place(name));
  }

  /// One matrix for each action: NAME [A,S,S], or NAME0_data, ...; none where there is neither.
  std::vector<SparseMatrix> matrices(std::string const& name) const {
    std::vector<SparseMatrix> all;
    if (!has(name)) {
      for (std::size_t a = 0; has(fmt::format("{}{}_data", name, a)); ++a) all.push_back(sparse(fmt::format("{}{}", name, a)));
      return all;
    }
    auto const dense = array(name);
    BELLSHARD_INPUT(dense.shape.size() == 3 && dense.shape[1] == dense.shape[2] && dense.shape[0] > 0 && dense.shape[1] > 0,
                    "{}: its shape is [{}] (want [A, S, S])", place(name), fmt::join(dense.shape, ", "));
    auto const* value = dense.value.data();
    for (std::int64_t a = 0; a < dense.shape[0]; ++a) {
      auto& matrix = all.emplace_back();
      for (std::int64_t row = 0; row < dense.shape[1]; ++row) {
        for (std::int64_t column = 0; column < dense.shape[2]; ++column, ++value) {
          if (*value == 0) continue;
          matrix.column.push_back(column);
          matrix.value.push_back(*value);
        }
        matrix.offset.push_back(static_cast<std::int64_t>(matrix.value.size()));
      }
    }
    return all;
  }

  SparseMatrix sparse(std::string const& name) const {
    SparseMatrix matrix;
    matrix.value = array(name + "_data").value;
    matrix.column = whole(name + "_indices");
    matrix.offset = whole(name + "_indptr");
    auto const entries = static_cast<std::int64_t>(matrix.value.size());
    BELLSHARD_INPUT(matrix.column.size() == matrix.value.size(), "{}: holds {} numbers, but {}_data holds {}", place(name + "_indices"),
                    matrix.column.size(), name, entries);
    BELLSHARD_INPUT(matrix.offset.size() > 1 && matrix.offset.front() == 0 && matrix.offset.back() == entries,
                    "{}: does not run from 0 to {}, the number of entries in {}_data", place(name + "_indptr"), entries, name);
    for (std::size_t i = 1; i < matrix.offset.size(); ++i) {
      BELLSHARD_INPUT(matrix.offset[i] >= matrix.offset[i - 1], "{}[{}] = {} is less than the one before it", place(name + "_indptr"), i, matrix.offset[i]);
    }
    auto const columns = static_cast<std::int64_t>(matrix.offset.size()) - 1;
    for (std::size_t i = 0; i < matrix.column.size(); ++i) {
      BELLSHARD_INPUT(matrix.column[i] >= 0 && matrix.column[i] < columns, "{}[{}] = {} (must lie in 0 .. {})", place(name + "_indices"), i,
                      matrix.column[i], columns - 1);
    }
    return matrix;
  }

  std::vector<std::int64_t> whole(std::string const& name) const {
    std::vector<std::int64_t> numbers;
    for (auto const value : array(name).value) {
      BELLSHARD_INPUT(value == std::floor(value) && std::abs(value) < 9e15, "{}[{}] = {} (must be a whole number)", place(name), numbers.size(), value);
      numbers.push_back(static_cast<std::int64_t>(value));
    }
    return numbers;
  }

  std::vector<double> rewards(ExplicitMdp const& mdp) const {
    bool const by_transition = !has("R") || array("R").shape.size() == 3;
    return by_transition ? expected_rewards(mdp) : pair_rewards();
  }

  /// R [S] or [S,A].
  std::vector<double> pair_rewards() const {
    auto const given = array("R");
    bool const per_state = given.shape == std::vector<std::int64_t>{states_};
    BELLSHARD_INPUT((per_state || given.shape == std::vector<std::int64_t>{states_, actions_}), "{}: its shape is [{}] (want [S] = [{}], [S, A] = [{}, {}] or [A, S, S])",
                    place("R"), fmt::join(given.shape, ", "), states_, states_, actions_);
    if (!per_state) return given.value;
    std::vector<double> reward;
    for (auto const value : given.value) reward.insert(reward.end(), static_cast<std::size_t>(actions_), value);
    return reward;
  }

  /// R [A,S,S], dense or sparse, weighted with the probabilities.
  std::vector<double> expected_rewards(ExplicitMdp const& mdp) const {
    auto const given = matrices("R");
    BELLSHARD_INPUT(!given.empty(), "{}: there is no such array; {}", place("R"), layout_words);
    bool fits = static_cast<std::int64_t>(given.size()) == actions_;
    for (auto const& matrix : given) fits = fits && static_cast<std::int64_t>(matrix.offset.size()) == states_ + 1;
    BELLSHARD_INPUT(fits, "{}: does not fit P, which has {} actions of {} states", place("R"), actions_, states_);
    std::vector<double> reward;
    for (std::int64_t pair = 0; pair < mdp.pairs(); ++pair) {
      auto const& matrix = given[static_cast<std::size_t>(pair % actions_)];
      double sum = 0;
      for (auto t = mdp.transition_offset[pair]; t < mdp.transition_offset[pair + 1]; ++t) {
        sum += mdp.probability[t] * matrix.at(pair / actions_, mdp.next_state[t]);
      }
      reward.push_back(sum);
    }
    return reward;
  }

  std::string path_;
  ArchiveEntries entries_;
  std::int64_t states_ = 0;
  std::int64_t actions_ = 0;
};

}  // namespace

ExplicitMdp read_npz(std::filesystem::path const& path) { return NpzReader(path).read(); }

}  // namespace bellshard::io
