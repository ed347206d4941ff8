#include "jobs/creativity_index/search_targets.hpp"

#include <algorithm>
#include <cstring>

#include "jobs/creativity_index/coverage.hpp"
#include "jobs/creativity_index/near_search.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/mail.hpp"

namespace bellshard::creativity_index {

Array<std::uint32_t> text_of(Targets const& targets, std::int64_t begin, std::int64_t end) {
  auto const words = targets.offset[static_cast<std::size_t>(end)] - targets.offset[static_cast<std::size_t>(begin)];
  Array<std::uint32_t> const text(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::creativity_index::text"), static_cast<std::size_t>(words + end - begin));
  auto const host = Kokkos::create_mirror_view(text);
  std::size_t at = 0;
  for (auto t = begin; t < end; ++t) {
    for (auto w = targets.offset[static_cast<std::size_t>(t)]; w < targets.offset[static_cast<std::size_t>(t) + 1]; ++w) host(at++) = targets.words[static_cast<std::size_t>(w)];
    host(at++) = corpus::no_word;
  }
  Kokkos::deep_copy(text, host);
  return text;
}

SearchTargets::SearchTargets(Context& context, Config const& config, Targets const& targets, Parts const& parts, std::unique_ptr<NearSearch> near)
    : context_(context),
      config_(config),
      targets_(targets),
      parts_(parts),
      near_(std::move(near)),
      longest_(targets.words.size()),
      count_(targets.words.size()),
      position_(targets.words.size(), -1) {}

SearchTargets::~SearchTargets() = default;

void SearchTargets::advance(std::int64_t) {
  auto const begin = done_;
  auto end = begin + 1;
  auto const first = done_words();
  while (end < targets_.size() && targets_.offset[static_cast<std::size_t>(end) + 1] - first <= config_.batch) ++end;

  auto const text = text_of(targets_, begin, end);
  std::vector<std::int32_t> longest(text.extent(0));
  together(context_.comm(), [&] {
    Array<std::int32_t> const most("bellshard::creativity_index::longest", text.extent(0));
    for (auto const& part : parts_) part->raise_longest(text, 0, most);
    longest = to_host(most);
  });
  reduce(context_.comm(), longest, MPI_INT32_T, MPI_MAX);

  // The maximal matches, in the text with its ends and as words of all targets.
  std::vector<text::Span> spans;
  std::vector<std::int64_t> word;
  for (auto t = begin; t < end; ++t) {
    auto const from = targets_.offset[static_cast<std::size_t>(t)];
    auto const shift = t - begin - first;  // ends before the target, less what came before the batch
    std::copy_n(longest.begin() + (from + shift), targets_.length(t), longest_.begin() + from);
    for_each_maximal(std::span(longest_).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(targets_.length(t))), config_.min_length[0],
                     [&](std::int64_t at, std::int32_t length) {
                       spans.push_back({static_cast<std::uint32_t>(from + shift + at), static_cast<std::uint32_t>(length)});
                       word.push_back(from + at);
                     });
  }
  std::vector<std::int64_t> count(spans.size()), position(spans.size(), INT64_MAX);
  together(context_.comm(), [&] {
    for (auto const& part : parts_) {
      auto const found = part->find(text, spans);
      for (std::size_t s = 0; s < spans.size(); ++s) {
        count[s] += found[s].count;
        if (found[s].count > 0) position[s] = std::min(position[s], found[s].position);
      }
    }
  });
  reduce(context_.comm(), count, MPI_INT64_T, MPI_SUM);
  reduce(context_.comm(), position, MPI_INT64_T, MPI_MIN);
  for (std::size_t s = 0; s < spans.size(); ++s) {
    count_[static_cast<std::size_t>(word[s])] = count[s];
    position_[static_cast<std::size_t>(word[s])] = position[s];
  }
  if (near_) near_->search(begin, end);
  done_ = end;
  auto const searched = static_cast<double>(done_words() - first);
  work_ = {searched, 0, 2 * searched * sizeof(std::int32_t)};
}

std::vector<io::ShardedArray> SearchTargets::arrays() {
  io::ShardedArray done{"targets_done", io::ElementType::int64, {1}, {0, 1}, true};
  done.fetch = [this](Block, void* host) { std::memcpy(host, &done_, sizeof done_); };
  done.store = [this](Block, void const* host) { std::memcpy(&done_, host, sizeof done_); };
  if (longest_.empty()) return {done};
  using io::replicated_array;
  std::vector all{done, replicated_array("longest_match", longest_), replicated_array("match_count", count_), replicated_array("match_position", position_)};
  if (near_) {
    all.push_back(replicated_array("near_length", near_->length));
    all.push_back(replicated_array("near_score", near_->score));
    all.push_back(replicated_array("near_position", near_->position));
    all.push_back(replicated_array("near_window", near_->window));
  }
  return all;
}

std::vector<Block> find_duplicates(Context& context, Targets const& targets, Parts const& parts, std::vector<std::int64_t>& count) {
  Mail const mail(context.comm());
  std::vector<std::array<std::int64_t, 2>> own;  // position, target
  together(context.comm(), [&] {
    auto const text = text_of(targets, 0, targets.size());
    std::vector<text::Span> spans;
    std::vector<std::int64_t> target;
    for (std::int64_t t = 0; t < targets.size(); ++t) {
      if (targets.length(t) == 0) continue;  // no words are no duplicate
      spans.push_back({static_cast<std::uint32_t>(targets.offset[static_cast<std::size_t>(t)] + t), static_cast<std::uint32_t>(targets.length(t))});
      target.push_back(t);
    }
    for (auto const& part : parts) {
      for (auto const& [position, span] : part->find_all(text, spans)) own.push_back({position, target[static_cast<std::size_t>(span)]});
    }
  });
  auto const all = mail.deliver(std::vector(static_cast<std::size_t>(context.ranks()), own)).items;
  std::vector<Block> places;
  for (auto const& [position, target] : all) {
    ++count[static_cast<std::size_t>(target)];
    places.push_back({position, position + targets.length(target)});
  }
  return places;
}

}  // namespace bellshard::creativity_index
