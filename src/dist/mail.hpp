#pragma once
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/dist/communicator.hpp"
#include "src/dist/partition.hpp"

namespace bellshard {

/// What the ranks sent to this one: those of rank 0, then those of rank 1, ..., each in the order of sending.
template <class T>
struct Letters {
  std::vector<T> items;
  std::vector<std::int64_t> first{0};  ///< [rank + 1] into items

  std::span<T const> from(int rank) const { return std::span(items).subspan(first[rank], first[rank + 1] - first[rank]); }
};

/// Any items from any rank to any other, for graph search and set-up, where what travels is new in every round.
class Mail {
 public:
  explicit Mail(MPI_Comm comm);

  MPI_Comm comm() const { return comm_.get(); }
  int rank() const { return rank_; }
  int ranks() const { return ranks_; }

  /// Delivers to[rank]. Collective.
  template <class T>
  Letters<T> deliver(std::vector<std::vector<T>> to) const;

  /// The values that other ranks hold of these items of an axis, in the order asked for; own_values [own item]. Collective.
  template <class T>
  std::vector<T> look_up(Partition const& axis, std::span<std::int64_t const> items, std::span<T const> own_values) const;

 private:
  std::vector<std::int64_t> counts_from(std::vector<std::int64_t> const& counts_to) const;
  void move_bytes(std::vector<std::span<char const>> const& out, std::vector<std::span<char>> const& in) const;

  Communicator comm_;
  int rank_ = 0;
  int ranks_ = 1;
};

template <class T>
Letters<T> Mail::deliver(std::vector<std::vector<T>> to) const {
  static_assert(std::is_trivially_copyable_v<T>);
  Letters<T> got;
  if (ranks_ == 1) {
    got.items = std::move(to.front());
    got.first.push_back(static_cast<std::int64_t>(got.items.size()));
    return got;
  }
  std::vector<std::int64_t> counts;
  for (auto const& items : to) counts.push_back(static_cast<std::int64_t>(items.size()));
  for (auto count : counts_from(counts)) got.first.push_back(got.first.back() + count);
  got.items.resize(got.first.back());

  std::vector<std::span<char const>> out;
  std::vector<std::span<char>> in;
  for (int other = 0; other < ranks_; ++other) {
    out.emplace_back(reinterpret_cast<char const*>(to[other].data()), to[other].size() * sizeof(T));
    in.emplace_back(reinterpret_cast<char*>(got.items.data() + got.first[other]),
                    static_cast<std::size_t>(got.first[other + 1] - got.first[other]) * sizeof(T));
  }
  move_bytes(out, in);
  return got;
}

template <class T>
std::vector<T> Mail::look_up(Partition const& axis, std::span<std::int64_t const> items, std::span<T const> own_values) const {
  std::vector<std::int64_t> wanted(items.begin(), items.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<std::vector<std::int64_t>> asked(ranks_);
  for (auto item : wanted) asked[axis.owner(item)].push_back(item);

  auto const questions = deliver(std::move(asked));
  std::vector<std::vector<T>> replies(ranks_);
  auto const own = axis.block(rank_);
  for (int other = 0; other < ranks_; ++other) {
    for (auto item : questions.from(other)) replies[other].push_back(own_values[item - own.begin]);
  }
  // Ranks own ascending blocks, so the answers stand in the order of `wanted`.
  auto const answers = deliver(std::move(replies)).items;

  std::vector<T> values;
  values.reserve(items.size());
  for (auto item : items) {
    values.push_back(answers[std::lower_bound(wanted.begin(), wanted.end(), item) - wanted.begin()]);
  }
  return values;
}

}  // namespace bellshard
