#pragma once
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernels/large_pages.hpp"
#include "kernels/sort/radix_sort.hpp"

#ifndef KOKKOS_ENABLE_CUDA  // host threads alone
namespace bellshard::text {

/// Suffixes that are not yet told apart: slots [slot, slot + size) of the suffix array.
struct SuffixGroup {
  std::uint32_t slot;
  std::uint32_t size;
};

/// The groups of a suffix array on the way to its order, for host threads. The rank of a suffix is the first slot of its group.
/// A round first sorts every group by the ranks of what follows, marking in `suffix` what begins a new group, and then, when no
/// rank is read any more, cuts the groups there. Small groups are sorted in the cache of one thread, big ones by all threads.
class SuffixGroups {
 public:
  /// `room` [suffix] holds the groups; marks lie in the top bits of `suffix`.
  SuffixGroups(Array<std::uint32_t> const& suffix, Array<std::uint32_t> const& rank, Array<std::uint64_t> const& room)
      : suffix_(suffix), rank_(rank), room_(room), threads_(Execution().concurrency()), radix_sort_(suffix.extent(0)) {
    static_assert(sizeof(SuffixGroup) == sizeof(std::uint64_t));
    now_ = reinterpret_cast<SuffixGroup*>(room.data());
    next_ = now_ + room.extent(0) / 2;  // no more groups of two or more
    work_ = large_pages<std::uint64_t>("bellshard::text::group_words", 2 * static_cast<std::size_t>(threads_) * big);
    big_next_ = Array<SuffixGroup>("bellshard::text::big_groups", suffix.extent(0) / big + 1);
  }

  bool empty() const { return count_ == 0 && big_now_.empty(); }

  /// A mark on the first suffix of a group.
  static constexpr std::uint32_t head = 1u << 31;

  /// Cuts the whole array where it is marked.
  void begin(Execution const& execution) {
    split_big(execution, {0, static_cast<std::uint32_t>(suffix_.extent(0))}, head);  // no slot: all ranks are new
    turn();
  }

  /// One round: suffixes of a group are equal over `known` tokens.
  void refine(Execution const& execution, std::uint64_t known) {
    for (auto const& group : big_now_) order_big(execution, group, known);
    over_chunks(execution, "bellshard::text::order_groups", [&](std::int64_t thread, std::uint32_t from, std::uint32_t to) { order(thread, from, to, known); });
    for (auto const& group : big_now_) split_big(execution, group, group.slot);
    over_chunks(execution, "bellshard::text::split_groups", [&](std::int64_t, std::uint32_t from, std::uint32_t to) {
      Found found{*this};
      for (std::uint32_t g = from; g < to; ++g) split(now_[g].slot, now_[g].slot + now_[g].size, now_[g].slot, found);
    });
    turn();
  }

 private:
  static constexpr std::uint32_t big = 1u << 15;

  /// New groups of one thread, handed over by the hundred.
  class Found {
   public:
    explicit Found(SuffixGroups& all) : all_(all) {}
    Found(Found const&) = delete;
    Found& operator=(Found const&) = delete;
    ~Found() { hand_over(); }
    void add(SuffixGroup group) {
      if (group.size < 2) return;
      if (group.size > big) {
        all_.big_next_(Kokkos::atomic_fetch_add(&all_.big_count_, 1u)) = group;
      } else {
        group_[count_++] = group;
        if (count_ == most) hand_over();
      }
    }

   private:
    void hand_over() {
      auto const to = Kokkos::atomic_fetch_add(&all_.next_count_, count_);
      std::copy(group_, group_ + count_, all_.next_ + to);
      count_ = 0;
    }
    static constexpr std::uint32_t most = 128;
    SuffixGroups& all_;
    SuffixGroup group_[most];
    std::uint32_t count_ = 0;
  };

  /// work(thread, from, to) over the groups, by pieces that threads take as they come.
  template <class Work>
  void over_chunks(Execution const& execution, std::string const& label, Work const& work) {
    std::uint32_t const chunk = std::clamp<std::uint32_t>(count_ / (8 * threads_), 1, 512);
    std::uint32_t taken = 0;
    Kokkos::parallel_for(label, Kokkos::RangePolicy<Execution>(execution, 0, threads_), [&](std::int64_t thread) {
      for (;;) {
        auto const from = Kokkos::atomic_fetch_add(&taken, chunk);
        if (from >= count_) return;
        work(thread, from, std::min(from + chunk, count_));
      }
    });
    execution.fence();
  }

  /// What follows a suffix after the known tokens, above the suffix itself.
  std::uint64_t word(std::uint32_t i, std::uint64_t known) const {
    std::uint64_t const then = i + known;
    return std::uint64_t{then < rank_.extent(0) ? rank_(then) + 1 : 0} << 32 | i;
  }

  /// Sorts groups [from, to). Words of many groups are gathered before any is used, so that their cache misses overlap.
  void order(std::int64_t thread, std::uint32_t from, std::uint32_t to, std::uint64_t known) const {
    std::uint64_t* const words = work_.data() + thread * 2 * big;
    while (from < to) {
      std::uint32_t filled = 0, g = from;
      for (; g < to && filled + now_[g].size <= big; ++g) {
        std::uint32_t const* const start = suffix_.data() + now_[g].slot;
        for (std::uint32_t k = 0; k < now_[g].size; ++k) words[filled++] = word(start[k], known);
      }
      std::uint64_t* group = words;
      for (; from < g; ++from) {
        std::uint32_t const size = now_[from].size;
        sort_words(group, size, words + big);
        std::uint32_t* const out = suffix_.data() + now_[from].slot;
        std::uint64_t before = ~std::uint64_t{0};
        for (std::uint32_t k = 0; k < size; ++k) {
          out[k] = static_cast<std::uint32_t>(group[k]) | (group[k] >> 32 != before >> 32 ? head : 0);
          before = group[k];
        }
        group += size;
      }
    }
  }

  /// Sorts words by their upper halves; `space` is as long.
  void sort_words(std::uint64_t* words, std::uint32_t size, std::uint64_t* space) const {
    if (size == 2) {
      if (words[1] < words[0]) std::swap(words[0], words[1]);
    } else if (size <= 20) {
      for (std::uint32_t k = 1; k < size; ++k) {
        auto const w = words[k];
        std::uint32_t j = k;
        for (; j > 0 && w < words[j - 1]; --j) words[j] = words[j - 1];
        words[j] = w;
      }
    } else if (size <= 200) {
      std::sort(words, words + size);
    } else {  // in the cache the plainest radix sort does
      std::uint64_t* const home = words;
      for (unsigned shift = 32; rank_.extent(0) >> (shift - 32) != 0; shift += 8) {
        std::uint32_t place[256] = {}, next = 0;
        for (std::uint32_t k = 0; k < size; ++k) ++place[words[k] >> shift & 255];
        for (auto& p : place) next += std::exchange(p, next);
        for (std::uint32_t k = 0; k < size; ++k) space[place[words[k] >> shift & 255]++] = words[k];
        std::swap(words, space);
      }
      if (words != home) std::copy(words, words + size, home);
    }
  }

  void order_big(Execution const& execution, SuffixGroup group, std::uint64_t known) {
    if (pairs_.key.extent(0) < group.size) {
      pairs_ = {};
      pairs_ = {large_pages<std::uint32_t>("bellshard::text::key", group.size), large_pages<std::uint32_t>("bellshard::text::key_space", group.size),
                large_pages<std::uint32_t>("bellshard::text::value", group.size), large_pages<std::uint32_t>("bellshard::text::value_space", group.size)};
    }
    Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::uint32_t>> const all(execution, 0, group.size);
    Kokkos::parallel_for("bellshard::text::big_group_keys", all, [&](std::uint32_t k) {
      pairs_.value(k) = suffix_(group.slot + k);
      pairs_.key(k) = static_cast<std::uint32_t>(word(pairs_.value(k), known) >> 32);
    });
    radix_sort_(execution, pairs_, group.size, 32);
    Kokkos::parallel_for("bellshard::text::big_group_order", all, [&](std::uint32_t k) {
      suffix_(group.slot + k) = pairs_.value(k) | (k == 0 || pairs_.key(k) != pairs_.key(k - 1) ? head : 0);
    });
    execution.fence();
  }

  /// Takes the marks of slots [k, end) away: each begins a group. The ranks of group `old` are right already.
  void split(std::uint32_t k, std::uint32_t end, std::uint32_t old, Found& found) const {
    while (k < end) {
      std::uint32_t const slot = k;
      std::uint32_t i = suffix_(k) & ~head;
      do {
        suffix_(k) = i;
        if (slot != old) rank_(i) = slot;
        ++k;
      } while (k < end && ((i = suffix_(k)) & head) == 0);
      found.add({slot, k - slot});
    }
  }

  /// The same of many slots, by all threads: each takes what begins in its part.
  void split_big(Execution const& execution, SuffixGroup group, std::uint32_t old) {
    std::vector<std::uint32_t> border(threads_ + 1, group.slot + group.size);
    for (int t = 0; t < threads_; ++t) {
      border[t] = group.slot + static_cast<std::uint32_t>(std::uint64_t{group.size} * t / threads_);
      while (border[t] < border[threads_] && (suffix_(border[t]) & head) == 0) ++border[t];
    }
    Kokkos::parallel_for("bellshard::text::split_big_group", Kokkos::RangePolicy<Execution>(execution, 0, threads_), [&](std::int64_t t) {
      Found found{*this};
      split(border[t], border[t + 1], old, found);
    });
    execution.fence();
  }

  void turn() {
    std::swap(now_, next_);
    count_ = next_count_;
    big_now_.assign(big_next_.data(), big_next_.data() + big_count_);
    next_count_ = big_count_ = 0;
  }

  Array<std::uint32_t> suffix_, rank_;
  Array<std::uint64_t> room_;
  int threads_;
  SuffixGroup *now_, *next_;
  Array<std::uint64_t> work_;  ///< [thread, words and as many more]
  sort::RadixSort<std::uint32_t> radix_sort_;
  sort::Pairs<std::uint32_t> pairs_;  ///< of the biggest group so far
  Array<SuffixGroup> big_next_;
  std::vector<SuffixGroup> big_now_;
  std::uint32_t count_ = 0, next_count_ = 0, big_count_ = 0;
};

}  // namespace bellshard::text
#endif
