#include "jobs/creativity_index/near_candidates.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/host_copy.hpp"

namespace bellshard::creativity_index {
namespace {

/// Documents of this rank that have a word, for each of these words.
std::vector<std::vector<std::int64_t>> documents_with(Parts const& parts, OwnDocuments const& documents, std::vector<corpus::TokenId> const& words) {
  std::vector<std::vector<std::int64_t>> with(words.size());
  auto const text = to_device(words, "bellshard::creativity_index::rare_words");
  std::vector<text::Span> spans;
  for (std::uint32_t w = 0; w < words.size(); ++w) spans.push_back({w, 1});
  for (auto const& part : parts) {
    for (auto const& [position, word] : part->find_all(text, spans)) with[static_cast<std::size_t>(word)].push_back(documents.at(position));
  }
  for (auto& list : with) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return with;
}

/// Greater for a greater score (positive), then for an earlier document; all different.
std::uint64_t key_of(double score, std::int64_t document) {
  return std::uint64_t{std::bit_cast<std::uint32_t>(static_cast<float>(score))} << 32 | (0xFFFFFFFFU - static_cast<std::uint32_t>(document));
}

/// For each text the least key that `most` of all ranks' keys reach, by bisection; 0 where there are fewer. Collective.
std::vector<std::uint64_t> thresholds(MPI_Comm comm, std::vector<std::vector<std::uint64_t>> const& keys, std::int64_t most) {
  std::vector<std::uint64_t> threshold(keys.size());
  std::vector<std::int64_t> reach(keys.size());
  auto const count = [&](std::vector<std::uint64_t> const& least) {
    for (std::size_t t = 0; t < keys.size(); ++t) reach[t] = keys[t].end() - std::lower_bound(keys[t].begin(), keys[t].end(), least[t]);
    reduce(comm, reach, MPI_INT64_T, MPI_SUM);
  };
  count(threshold);
  if (std::all_of(reach.begin(), reach.end(), [&](auto all) { return all <= most; })) return threshold;
  for (int bit = 63; bit >= 0; --bit) {
    auto tried = threshold;
    for (auto& least : tried) least |= std::uint64_t{1} << bit;
    count(tried);
    for (std::size_t t = 0; t < keys.size(); ++t) {
      if (reach[t] >= most) threshold[t] = tried[t];
    }
  }
  return threshold;
}

}  // namespace

std::vector<Candidate> find_candidates(Context const& context, Parts const& parts, OwnDocuments const& documents, std::int64_t all_documents,
                                       std::vector<std::vector<corpus::TokenId>> const& words, std::int64_t most) {
  std::vector<corpus::TokenId> distinct;
  for (auto const& own : words) distinct.insert(distinct.end(), own.begin(), own.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::vector<std::int64_t>> with;
  together(context.comm(), [&] { with = documents_with(parts, documents, distinct); });
  std::vector<std::int64_t> frequency;  // documents of all ranks
  for (auto const& list : with) frequency.push_back(static_cast<std::int64_t>(list.size()));
  reduce(context.comm(), frequency, MPI_INT64_T, MPI_SUM);

  std::vector<std::vector<std::pair<std::int64_t, std::uint64_t>>> found(words.size());  // document and key
  std::vector<std::vector<std::uint64_t>> keys(words.size());
  for (std::size_t t = 0; t < words.size(); ++t) {
    std::vector<std::pair<std::int64_t, double>> scores;
    for (auto const word : words[t]) {
      auto const w = static_cast<std::size_t>(std::lower_bound(distinct.begin(), distinct.end(), word) - distinct.begin());
      // One more document than there are, so that a word that all of them have counts a little.
      double const rarity = std::log((static_cast<double>(all_documents) + 1) / static_cast<double>(frequency[w]));
      for (auto const document : with[w]) scores.emplace_back(document, rarity);
    }
    std::stable_sort(scores.begin(), scores.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    for (std::size_t s = 0; s < scores.size();) {
      auto const document = scores[s].first;
      double sum = 0;
      for (; s < scores.size() && scores[s].first == document; ++s) sum += scores[s].second;
      found[t].emplace_back(document, key_of(sum, document));
      keys[t].push_back(found[t].back().second);
    }
    std::sort(keys[t].begin(), keys[t].end());
  }
  auto const least = thresholds(context.comm(), keys, most);
  std::vector<Candidate> candidates;
  for (std::size_t t = 0; t < words.size(); ++t) {
    for (auto const& [document, key] : found[t]) {
      if (key >= least[t]) candidates.push_back({static_cast<std::int64_t>(t), document});
    }
  }
  return candidates;
}

}  // namespace bellshard::creativity_index
