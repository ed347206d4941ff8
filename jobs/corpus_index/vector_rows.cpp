#include "jobs/corpus_index/vector_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "io/text/vector_lines.hpp"
#include "jobs/corpus_index/singular_vectors.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::corpus_index {
namespace {

/// The token that a word of the file stands for; no_word where it is none of the corpus.
corpus::TokenId token_of(std::string_view word, corpus::CorpusConfig const& corpus, corpus::Survey const& survey) {
  if (corpus.tokens == corpus::Tokens::ids) {
    corpus::TokenId id = 0;
    auto const [stop, failure] = std::from_chars(word.data(), word.data() + word.size(), id);
    return failure == std::errc() && stop == word.data() + word.size() && id < survey.largest ? id + 1 : corpus::no_word;
  }
  if (corpus.tokens == corpus::Tokens::sentencepiece) return corpus.model->token(word);
  corpus::Words cut(word, corpus.rule);
  if (!cut.next()) return corpus::no_word;
  auto const id = survey.vocabulary.id(cut.word());
  bool const whole = cut.begin() == 0 && cut.end() == static_cast<std::int64_t>(word.size());
  return whole ? id : corpus::no_word;
}

}  // namespace

std::int64_t vector_words(VectorConfig const& config, corpus::Survey const& survey) { return std::min<std::int64_t>(config.words, survey.largest); }

bool to_unit_length(std::span<double const> row, float* unit) {
  double squares = 0;
  for (auto const x : row) squares += x * x;
  auto const factor = squares > 0 ? 1 / std::sqrt(squares) : 0;
  std::transform(row.begin(), row.end(), unit, [&](double x) { return static_cast<float>(factor * x); });
  return squares > 0;
}

VectorRows read_vectors(Context& context, VectorConfig const& config, corpus::CorpusConfig const& corpus, corpus::Survey const& survey) {
  VectorRows rows{vector_words(config, survey), 0, {}, {}, {}};
  std::int64_t known = 0, found = 0, lines = 0;
  together(context.comm(), [&] {
    if (!context.root()) return;
    auto const path = config.file.string();
    io::VectorLines file(config.file);
    std::vector<bool> has(static_cast<std::size_t>(rows.words));
    for (; file.next(); ++lines) {
      rows.components = file.components();
      BELLSHARD_INPUT(config.components == 0 || config.components == rows.components, "{}:{}: vectors of {} components, and vectors.components = {}; leave it at 0", path,
                      file.line(), rows.components, config.components);
      rows.value.resize(static_cast<std::size_t>(rows.words * rows.components));
      auto const token = token_of(file.word(), corpus, survey);
      if (token > rows.words || has[token - 1]) continue;
      has[token - 1] = true;
      ++known;
      if (to_unit_length(file.values(), rows.value.data() + static_cast<std::int64_t>(token - 1) * rows.components)) ++found;
    }
    BELLSHARD_INPUT(lines > 0, "{}: there is no vector in it; check vectors.file", path);
    BELLSHARD_INPUT(known > 0, "{}: none of its {} words is one of the {} most frequent words of the corpus: these are vectors of another vocabulary; check vectors.file", path, lines,
                    rows.words);
    BELLSHARD_INPUT(found > 0, "{}: the vectors of the words of the corpus are all 0; check vectors.file", path);
    rows.own = {0, rows.words};
  });
  rows.components = max_over_ranks(context.comm(), rows.components);
  context.log().info("{} of {} words have a vector of {} components from {}", sum_over_ranks(context.comm(), found), rows.words, rows.components, config.file.string());
  return rows;
}

VectorRows train_vectors(Context& context, VectorConfig const& config, corpus::Survey const& survey, Block own, ReadTokens const& read) {
  auto const begin = context.seconds();
  auto const words = vector_words(config, survey);
  std::vector<PairCount> pairs;
  together(context.comm(), [&] { pairs = count_pairs(own, words, config.window, config.pairs_at_once, read); });
  auto information = mutual_information(context, config, gather_contexts(context, words, std::move(pairs), config.pairs_at_once / 8));
  auto const entries = sum_over_ranks(context.comm(), static_cast<std::int64_t>(information.matrix.value.extent(0)));
  BELLSHARD_INPUT(entries > 0, "no two words of the corpus stand near each other more often than by chance: no vectors can be made; raise vectors.window or lower vectors.shift");
  context.log().info("words near each other: {} words, {} pairs above chance in {}", words, human_count(static_cast<double>(entries)), human_seconds(context.seconds() - begin));

  auto found = weighted_left_vectors(context, information, config);
  VectorRows rows{words, config.components, information.axis.block(context.rank()), {}, std::move(found.singular_value)};
  rows.value.resize(found.value.size());
  std::int64_t with_vector = 0;
  for (std::size_t at = 0; at < found.value.size(); at += static_cast<std::size_t>(config.components)) {
    with_vector += to_unit_length({found.value.data() + at, static_cast<std::size_t>(config.components)}, rows.value.data() + at);
  }
  context.log().info("{} of {} words have a vector of {} components; singular values {:.4g} to {:.4g}, changed by {:.1e} at most in the last pass; {}",
                     sum_over_ranks(context.comm(), with_vector), words, config.components, rows.singular_value.front(), rows.singular_value.back(), found.last_change,
                     human_seconds(context.seconds() - begin));
  return rows;
}

std::vector<MemoryItem> vector_memory(Context& context, VectorConfig const& config, corpus::Survey const& survey, std::int64_t most_positions) {
  auto const words = vector_words(config, survey);
  if (config.from_file()) {
    std::int64_t components = 0;
    together(context.comm(), [&] {
      if (io::VectorLines file(config.file); file.next()) components = file.components();
    });
    return {{"vectors of the file", 4.0 * static_cast<double>(words) * static_cast<double>(components)}};
  }
  auto const tokens = static_cast<double>(survey.tokens), ranks = static_cast<double>(context.ranks());
  auto const share = std::min(1.0, static_cast<double>(most_positions) / tokens);
  auto const all = 0.5 * static_cast<double>(words) * static_cast<double>(words + 1);
  auto const counts = survey.vocabulary.counts();
  auto const pairs = [&](double of_corpus) {  // of token ids there are no counts
    return counts.empty() ? std::min(all, of_corpus * tokens * static_cast<double>(config.window)) : expected_pairs(counts.first(static_cast<std::size_t>(words)), tokens, of_corpus, config.window);
  };
  double const own = pairs(share), contexts = 2 * pairs(1) / ranks;
  // First they are counted, then they are brought together.
  return {{"pairs of near words, at most", sizeof(PairCount) * std::max(counting_bytes(most_positions, config.window, config.pairs_at_once) / sizeof(PairCount) + 3 * own, own + 3 * contexts)},
          {"their mutual information, at most", 2 * (sizeof(std::int32_t) + sizeof(float)) * contexts},
          {"blocks of the subspace iteration", block_bytes(words, words / context.ranks() + 1, config.columns())}};
}

void write_vectors(io::ResultFile& out, VectorConfig const& config, VectorRows const& rows) {
  auto const word = out.bare_axis("vector_word", rows.words);
  auto const component = out.bare_axis("component", rows.components);
  out.write("vector", {word, component}, rows.own, rows.value, {"1"}, "vectors of words, each of length 1, or 0 where a word has none; row k is token k + 1");
  if (config.from_file()) {
    out.attribute("vectors_from", config.file.string());
    return;
  }
  std::span<double const> const singular(rows.singular_value);
  Block const share = rows.own.begin == 0 && !rows.own.empty() ? Block{0, rows.components} : Block{};
  out.write("singular_value", {component}, share, singular.first(static_cast<std::size_t>(share.size())), {"nat"}, "singular values of the positive pointwise mutual information of words and contexts");
  out.attribute("vectors_from", "the corpus");
  out.attribute("vector_window", static_cast<double>(config.window));
  out.attribute("vector_smoothing", config.smoothing);
  out.attribute("vector_shift", config.shift);
  out.attribute("vector_exponent", config.exponent);
  out.attribute("vector_iterations", static_cast<double>(config.iterations));
  out.attribute("vector_oversampling", static_cast<double>(config.oversampling));
  out.attribute("vector_seed", static_cast<double>(config.seed));
}

}  // namespace bellshard::corpus_index
