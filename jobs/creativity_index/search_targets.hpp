#pragma once
#include <memory>
#include <vector>

#include "jobs/creativity_index/targets.hpp"
#include "src/corpus/part_search.hpp"
#include "src/drive/step.hpp"

namespace bellshard::creativity_index {

class NearSearch;

using Parts = std::vector<std::unique_ptr<corpus::PartSearch>>;

/// Longest matches of every word of the targets in all parts, one batch of whole targets a sweep; for those that begin a maximal match, how
/// often and where first it comes. Every rank searches its own parts; the longest, the sum and the first of all ranks count.
class SearchTargets : public Step {
 public:
  /// near: null where near spans are not asked for.
  SearchTargets(Context& context, Config const& config, Targets const& targets, Parts const& parts, std::unique_ptr<NearSearch> near);
  ~SearchTargets() override;

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(targets_.words.size()) - static_cast<double>(done_words()); }
  bool finished() const override { return done_ == targets_.size(); }
  double share_done() const override { return targets_.words.empty() ? 1 : static_cast<double>(done_words()) / static_cast<double>(targets_.words.size()); }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  std::vector<std::int32_t> const& longest() const { return longest_; }   ///< [word] words of the match that begins here
  std::vector<std::int64_t> const& count() const { return count_; }       ///< [word] of a maximal match of min_length or more: how often it comes; else 0
  NearSearch const* near() const { return near_.get(); }
  std::vector<std::int64_t> const& position() const { return position_; } ///< [word] the same: where in the corpus first; else -1

 private:
  std::int64_t done_words() const { return targets_.offset[static_cast<std::size_t>(done_)]; }
  Context& context_;
  Config const& config_;
  Targets const& targets_;
  Parts const& parts_;
  std::unique_ptr<NearSearch> near_;
  std::int64_t done_ = 0;  ///< targets
  std::vector<std::int32_t> longest_;
  std::vector<std::int64_t> count_, position_;
  SweepWork work_;
};

/// Each value reduced over all ranks, in place. Collective.
template <class T>
void reduce(MPI_Comm comm, std::vector<T>& values, MPI_Datatype type, MPI_Op op) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), type, op, comm));
}

/// Words of targets [begin, end) on the execution space, no_word behind each target.
Array<std::uint32_t> text_of(Targets const& targets, std::int64_t begin, std::int64_t end);

/// Places of the corpus where a whole target stands, in any order; adds to count [target] how many there are. The same on every rank; collective.
std::vector<Block> find_duplicates(Context& context, Targets const& targets, Parts const& parts, std::vector<std::int64_t>& count);

}  // namespace bellshard::creativity_index
