#include "jobs/creativity_index/near_search.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "jobs/creativity_index/near_candidates.hpp"
#include "kernels/host_copy.hpp"
#include "kernels/text/near_regions.hpp"

namespace bellshard::creativity_index {
namespace {

constexpr std::int64_t most_similarities = std::int64_t{1} << 27;  // of a batch in memory: 512 MiB
constexpr std::int64_t most_positions = std::int64_t{1} << 24;     // of the documents that are scanned at once

/// The vectors with the words next to each other, as kernels read them.
text::VectorTable on_device(corpus::WordVectors const& vectors) {
  std::vector<float> turned(vectors.value.size());
  for (std::int64_t w = 0; w < vectors.words; ++w) {
    for (std::int64_t c = 0; c < vectors.components; ++c) turned[static_cast<std::size_t>(c * vectors.words + w)] = vectors.value[static_cast<std::size_t>(w * vectors.components + c)];
  }
  return {to_device(turned, "bellshard::creativity_index::vectors"), vectors.words, vectors.components};
}

/// Two pointers on their way over a target.
struct Pointers {
  std::int64_t begin = 0, end = 0;
  bool done = false;
  std::vector<Block> spans;  ///< that are near something

  void advance(bool near, std::int64_t least, std::int64_t length) {
    if (near) {
      if (!spans.empty() && spans.back().begin == begin) spans.pop_back();  // it lies within this one
      spans.push_back({begin, end});
      ++end;
    } else if (end - begin > least) {
      ++begin;
    } else {
      ++begin, ++end;
    }
    done = end > length;
  }
};

}  // namespace

/// Some targets and their content words.
struct NearSearch::Batch {
  std::int64_t begin, end;                ///< targets
  std::vector<std::int64_t> before;       ///< [word of the batch, and its end] content words before it
  Array<std::uint32_t> words;             ///< [content word] its number in the similarity
  text::WordSimilarity similarity;
  text::BestSimilarity best;
};

/// What candidates hold that may be near, text by text.
struct NearSearch::Regions {
  std::vector<std::int64_t> of_text;      ///< [text + 1] its first region
  std::vector<std::int64_t> first;        ///< [region + 1] its first word
  std::vector<std::uint32_t> token;       ///< [word] content words alone
  std::vector<std::int64_t> position;     ///< [word] in the corpus
  Array<std::int64_t> first_on_device;
  Array<std::uint32_t> token_on_device;

  std::int64_t size(std::int64_t region) const { return first[static_cast<std::size_t>(region) + 1] - first[static_cast<std::size_t>(region)]; }
};

NearSearch::NearSearch(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Parts const& parts)
    : length(targets.words.size()),
      score(targets.words.size()),
      position(targets.words.size(), -1),
      window(targets.words.size()),
      context_(context),
      config_(config),
      index_(index),
      targets_(targets),
      parts_(parts),
      documents_(context, index) {
  auto const vectors = index.read_vectors();
  together(context.comm(), [&] { vectors_ = on_device(vectors); });
}

std::vector<corpus::TokenId> NearSearch::content(std::int64_t target) const {
  std::vector<corpus::TokenId> words;
  for (auto w = targets_.offset[static_cast<std::size_t>(target)]; w < targets_.offset[static_cast<std::size_t>(target) + 1]; ++w) {
    auto const word = targets_.words[static_cast<std::size_t>(w)];
    if (word > config_.near.common_words && word != corpus::no_word) words.push_back(word);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::int64_t NearSearch::batch_end(std::int64_t begin, std::int64_t end) const {
  std::unordered_set<corpus::TokenId> distinct;
  for (auto t = begin; t < end; ++t) {
    for (auto const word : content(t)) distinct.insert(word);
    auto const rows = static_cast<std::int64_t>(distinct.size()) + t - begin + 1;  // similarities of its words, and the best of each target
    if (t > begin && rows * vectors_.words > most_similarities) return t;
  }
  return end;
}

NearSearch::Batch NearSearch::make_batch(std::int64_t begin, std::int64_t end) const {
  Batch batch{begin, end, {0}, {}, {}, {}};
  std::vector<corpus::TokenId> id, once;
  std::vector<std::int64_t> first{0};
  for (auto t = begin; t < end; ++t) {
    auto const words = content(t);
    once.insert(once.end(), words.begin(), words.end());
    first.push_back(static_cast<std::int64_t>(once.size()));
  }
  id = once;
  std::sort(id.begin(), id.end());
  id.erase(std::unique(id.begin(), id.end()), id.end());
  auto const number = [&](corpus::TokenId word) {
    return word == corpus::no_word ? text::unknown_word : static_cast<std::uint32_t>(std::lower_bound(id.begin(), id.end(), word) - id.begin());
  };
  std::vector<std::uint32_t> words;
  for (auto w = targets_.offset[static_cast<std::size_t>(begin)]; w < targets_.offset[static_cast<std::size_t>(end)]; ++w) {
    auto const word = targets_.words[static_cast<std::size_t>(w)];
    if (word > config_.near.common_words) words.push_back(number(word));
    batch.before.push_back(static_cast<std::int64_t>(words.size()));
  }
  for (auto& word : once) word = number(word);
  batch.words = to_device(words, "bellshard::creativity_index::content_words");
  batch.similarity = text::word_similarity(Execution(), vectors_, to_device(id, "bellshard::creativity_index::word_ids"));
  batch.best = text::best_similarity(Execution(), batch.similarity,
                                     {to_device(first, "bellshard::creativity_index::first_words"), to_device(once, "bellshard::creativity_index::distinct_words")});
  return batch;
}

NearSearch::Regions NearSearch::find_regions(Batch const& batch) const {
  std::vector<std::vector<corpus::TokenId>> rare;
  for (auto t = batch.begin; t < batch.end; ++t) {
    rare.push_back(content(t));  // the vocabulary has the frequent words first
    auto const surplus = static_cast<std::int64_t>(rare.back().size()) - config_.near.rare_words;
    if (surplus > 0) rare.back().erase(rare.back().begin(), rare.back().begin() + surplus);
  }
  auto const candidates = find_candidates(context_, parts_, documents_, index_.all_documents(), rare, config_.near.documents);

  Regions all{std::vector<std::int64_t>(static_cast<std::size_t>(batch.end - batch.begin) + 1), {0}, {}, {}, {}, {}};
  struct Piece {
    std::uint32_t text;
    std::vector<std::uint32_t> token;
    std::vector<std::int64_t> position;
  };
  std::vector<Piece> pieces;
  together(context_.comm(), [&] {
    for (auto const& part : parts_) {
      std::vector<text::TextDocument> pairs;
      std::int64_t positions = 0;
      auto const scan = [&] {
        auto const found = part->near_regions(batch.best, static_cast<corpus::TokenId>(config_.near.common_words), pairs, static_cast<float>(config_.near.threshold));
        for (std::size_t r = 0; r < found.pair.size(); ++r) {
          auto const from = found.first[r], to = found.first[r + 1];
          if (to - from < config_.near.content_words) continue;  // no window fits
          Piece piece{pairs[found.pair[r]].text, {found.token.begin() + from, found.token.begin() + to}, {}};
          for (auto w = from; w < to; ++w) piece.position.push_back(part->positions().begin + found.place[static_cast<std::size_t>(w)]);
          pieces.push_back(std::move(piece));
        }
        pairs.clear();
        positions = 0;
      };
      for (auto const& [text, document] : candidates) {
        auto const words = documents_.words(document);
        if (!part->positions().contains(words.begin)) continue;
        if (positions + words.size() > most_positions) scan();
        auto const begin = part->positions().begin;
        pairs.push_back({static_cast<std::uint32_t>(text), static_cast<std::uint32_t>(words.begin - begin), static_cast<std::uint32_t>(words.end - begin)});
        positions += words.size();
      }
      scan();
    }
    std::stable_sort(pieces.begin(), pieces.end(), [](Piece const& a, Piece const& b) { return a.text < b.text; });
    for (auto const& piece : pieces) {
      ++all.of_text[piece.text + 1];
      all.token.insert(all.token.end(), piece.token.begin(), piece.token.end());
      all.position.insert(all.position.end(), piece.position.begin(), piece.position.end());
      all.first.push_back(static_cast<std::int64_t>(all.token.size()));
    }
    std::partial_sum(all.of_text.begin(), all.of_text.end(), all.of_text.begin());
    all.first_on_device = to_device(all.first, "bellshard::creativity_index::region_first");
    all.token_on_device = to_device(all.token, "bellshard::creativity_index::region_token");
  });
  return all;
}

std::vector<NearSearch::Best> NearSearch::ask(Batch const& batch, Regions const& regions, std::vector<Span> const& spans, text::NearAnswer answer) const {
  std::vector<text::NearQuestion> questions;
  std::vector<std::size_t> asks;  // [question] span
  std::int64_t scratch = 0;
  for (std::size_t s = 0; s < spans.size(); ++s) {
    auto const& [text, words] = spans[s];
    auto const at = targets_.offset[static_cast<std::size_t>(batch.begin + text)] - targets_.offset[static_cast<std::size_t>(batch.begin)];
    auto const from = batch.before[static_cast<std::size_t>(at + words.begin)], to = batch.before[static_cast<std::size_t>(at + words.end)];
    if (to - from < config_.near.content_words) continue;
    for (auto r = regions.of_text[static_cast<std::size_t>(text)]; r < regions.of_text[static_cast<std::size_t>(text) + 1]; ++r) {
      questions.push_back({from, static_cast<std::uint32_t>(to - from), static_cast<std::uint32_t>(r), scratch});
      asks.push_back(s);
      scratch += to - from + regions.size(r);
    }
  }
  std::vector<Best> best(spans.size());
  together(context_.comm(), [&] {
    if (questions.empty()) return;
    text::NearRule const rule{config_.near.threshold, static_cast<std::int32_t>(config_.near.content_words), static_cast<std::int32_t>(config_.near.longest_window)};
    Array<text::NearWindow> const windows(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::creativity_index::windows"), questions.size());
    Array<float> const space(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::creativity_index::scratch"), static_cast<std::size_t>(scratch));
    text::near_windows(Execution(), batch.similarity, batch.words, regions.first_on_device, regions.token_on_device,
                       to_device(questions, "bellshard::creativity_index::questions"), rule, answer, space, windows);
    auto const found = to_host(windows);
    for (std::size_t q = 0; q < found.size(); ++q) {
      auto& own = best[asks[q]];
      if (found[q].score < 0) continue;
      auto const first = regions.position[static_cast<std::size_t>(found[q].begin)], last = regions.position[static_cast<std::size_t>(found[q].end) - 1];
      if (found[q].score > own.score || (found[q].score == own.score && first < own.position)) own = {found[q].score, first, last + 1 - first};
    }
  });
  return best;
}

std::vector<NearSearch::Span> NearSearch::move_pointers(Batch const& batch, Regions const& regions) const {
  auto const texts = static_cast<std::size_t>(batch.end - batch.begin);
  auto const least = config_.min_length[0];
  std::vector<std::int64_t> held(texts);
  for (std::size_t t = 0; t < texts; ++t) held[t] = regions.of_text[t + 1] - regions.of_text[t];
  reduce(context_.comm(), held, MPI_INT64_T, MPI_SUM);
  std::vector<Pointers> pointers(texts);
  for (std::size_t t = 0; t < texts; ++t) {
    pointers[t].end = least;
    pointers[t].done = held[t] == 0 || least > targets_.length(batch.begin + static_cast<std::int64_t>(t));
  }
  for (;;) {
    std::vector<Span> asked;
    for (std::size_t t = 0; t < texts; ++t) {
      if (!pointers[t].done) asked.push_back({static_cast<std::int64_t>(t), {pointers[t].begin, pointers[t].end}});
    }
    if (asked.empty()) break;
    std::vector<std::uint8_t> near;
    for (auto const& own : ask(batch, regions, asked, text::NearAnswer::any)) near.push_back(own.score >= 0);
    reduce(context_.comm(), near, MPI_UINT8_T, MPI_MAX);
    for (std::size_t s = 0; s < asked.size(); ++s) pointers[static_cast<std::size_t>(asked[s].text)].advance(near[s] != 0, least, targets_.length(batch.begin + asked[s].text));
  }
  std::vector<Span> spans;
  for (std::size_t t = 0; t < texts; ++t) {
    for (auto const& words : pointers[t].spans) spans.push_back({static_cast<std::int64_t>(t), words});
  }
  return spans;
}

void NearSearch::keep(Batch const& batch, std::vector<Span> const& spans, std::vector<Best> const& own) {
  std::vector<double> scores;
  for (auto const& best : own) scores.push_back(best.score);
  reduce(context_.comm(), scores, MPI_DOUBLE, MPI_MAX);
  std::vector<std::int64_t> positions, words;
  for (std::size_t s = 0; s < spans.size(); ++s) positions.push_back(own[s].score == scores[s] ? own[s].position : INT64_MAX);
  reduce(context_.comm(), positions, MPI_INT64_T, MPI_MIN);
  for (std::size_t s = 0; s < spans.size(); ++s) words.push_back(own[s].position == positions[s] ? own[s].words : 0);
  reduce(context_.comm(), words, MPI_INT64_T, MPI_MAX);
  for (std::size_t s = 0; s < spans.size(); ++s) {
    auto const word = static_cast<std::size_t>(targets_.offset[static_cast<std::size_t>(batch.begin + spans[s].text)] + spans[s].words.begin);
    length[word] = static_cast<std::int32_t>(spans[s].words.size());
    score[word] = static_cast<float>(scores[s]);
    position[word] = positions[s];
    window[word] = static_cast<std::int32_t>(words[s]);
  }
}

void NearSearch::search(std::int64_t begin, std::int64_t end) {
  while (begin < end) {
    auto const stop = batch_end(begin, end);
    Batch batch;
    together(context_.comm(), [&] { batch = make_batch(begin, stop); });
    auto const regions = find_regions(batch);
    auto const spans = move_pointers(batch, regions);
    keep(batch, spans, ask(batch, regions, spans, text::NearAnswer::best));
    begin = stop;
  }
}

double near_bytes(corpus::IndexFile const& index) {
  auto const vectors = index.file().shape("/results/vector");
  auto const table = static_cast<double>(vectors[0]) * static_cast<double>(vectors[1]);
  return sizeof(float) * (2 * table + static_cast<double>(most_similarities) + static_cast<double>(most_positions)) + 8.0 * static_cast<double>(index.all_documents());
}

}  // namespace bellshard::creativity_index
