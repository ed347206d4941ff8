#pragma once
#include <memory>
#include <vector>

#include "jobs/corpus_index/part_files.hpp"
#include "src/corpus/corpus.hpp"
#include "src/dist/partition.hpp"
#include "src/drive/step.hpp"

namespace bellshard::corpus_index {

/// Sorts the suffixes of every part, one part a rank and sweep, and lays them into PartFiles.
class SortParts : public Step {
 public:
  SortParts(Context& context, corpus::CorpusConfig const& config, corpus::Survey const& survey, std::vector<corpus::Part> parts, PartFiles files);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(left_); }
  bool finished() const override { return left_ == 0; }
  double share_done() const override { return 1 - static_cast<double>(left_) / static_cast<double>(parts_.size()); }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override;

  Block own_parts() const { return own_; }

 private:
  void count_left();
  template <class Token>
  PartSums sort(int part) const;

  Context& context_;
  corpus::CorpusConfig const& config_;
  corpus::Survey const& survey_;
  std::vector<corpus::Part> parts_;
  PartFiles files_;
  Block own_;
  std::vector<std::uint8_t> sorted_;         ///< [own part]
  std::vector<std::uint64_t> token_sum_, suffix_sum_;
  std::int64_t left_ = 0;
  SweepWork work_;
};

/// Bytes of memory that sorting a part takes.
double sort_bytes(std::int64_t positions, std::int64_t token_bytes);

/// Bytes of a token in the index: 2 where all ids fit, else 4.
inline std::int64_t token_bytes(corpus::TokenId largest) { return largest <= 0xFFFF ? 2 : 4; }

}  // namespace bellshard::corpus_index
