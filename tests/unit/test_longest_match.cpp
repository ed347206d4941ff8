#include <catch2/catch.hpp>

#include "kernels/text/longest_match.hpp"
#include "kernels/text/match_ranges.hpp"
#include "tests/unit/sample_text.hpp"

using namespace bellshard;
using sample_text::on_device;
using sample_text::on_host;
using text::no_word;

namespace {

template <class Token>
struct Corpus {
  std::vector<Token> tokens;
  std::vector<std::uint32_t> suffix;
  text::SuffixIndex<Token> index;

  Corpus(std::vector<Token> ids, Token largest, std::vector<std::uint32_t> starts)
      : tokens(std::move(ids)), suffix(std::move(starts)), index(text::suffix_index<Token>(Execution(), on_device(tokens), on_device(suffix), largest)) {}
  Corpus(std::vector<Token> ids, Token largest) : Corpus(ids, largest, sample_text::sorted_suffixes(ids)) {}

  /// Words that the text from l on shares with the suffix at a place.
  std::uint32_t shared(std::vector<std::uint32_t> const& text, std::size_t l, std::size_t place) const {
    std::uint32_t k = 0;
    while (l + k < text.size() && place + k < tokens.size() && tokens[place + k] != 0 && text[l + k] == tokens[place + k]) ++k;
    return k;
  }
};

template <class Token>
std::vector<std::int32_t> longest(Corpus<Token> const& corpus, std::vector<std::uint32_t> const& text, std::size_t begin, std::size_t end) {
  Array<std::int32_t> const lengths("test::lengths", end - begin);
  Array<std::uint32_t const> const on = on_device(text);
  text::longest_match(Execution(), corpus.index, on, static_cast<std::int64_t>(begin), lengths);
  Execution().fence();
  return on_host(lengths);
}

template <class Token>
void check_longest(Corpus<Token> const& corpus, std::vector<std::uint32_t> const& text) {
  std::vector<std::int32_t> expected;
  for (std::size_t l = 0; l < text.size(); ++l) {
    std::uint32_t most = 0;
    for (auto const place : corpus.suffix) most = std::max(most, corpus.shared(text, l, place));
    expected.push_back(static_cast<std::int32_t>(most));
  }
  CHECK(longest(corpus, text, 0, text.size()) == expected);
  if (text.size() < 3) return;
  CHECK(longest(corpus, text, 2, text.size() - 1) == std::vector<std::int32_t>(expected.begin() + 2, expected.end() - 1));
}

template <class Token>
void check_ranges(Corpus<Token> const& corpus, std::vector<std::uint32_t> const& text, std::vector<text::Span> const& spans) {
  Array<std::uint32_t const> const on = on_device(text);
  Array<text::Span const> const on_spans = on_device(spans);
  Array<text::SuffixRange> const ranges("test::ranges", spans.size());
  Array<std::uint32_t> const position("test::position", spans.size());
  text::match_ranges(Execution(), corpus.index, on, on_spans, ranges);
  text::first_occurrence<Token>(Execution(), corpus.index, ranges, position);
  Execution().fence();
  auto const found = on_host(ranges);
  auto const first = on_host(position);
  for (std::size_t s = 0; s < spans.size(); ++s) {
    std::vector<std::uint32_t> expected;
    for (auto const place : corpus.suffix) {
      if (corpus.shared(text, spans[s].begin, place) >= spans[s].length) expected.push_back(place);
    }
    std::vector<std::uint32_t> const places(corpus.suffix.begin() + found[s].low, corpus.suffix.begin() + found[s].high);
    INFO("span " << spans[s].begin << " + " << spans[s].length);
    CHECK(places == expected);
    CHECK(first[s] == (expected.empty() ? text::no_position : *std::min_element(expected.begin(), expected.end())));
  }
}

/// Pieces of the corpus with a word changed here and there, each with no_word behind it.
template <class Token>
std::vector<std::uint32_t> queries(std::vector<Token> const& tokens, std::uint64_t largest, std::size_t size, std::uint32_t seed) {
  std::mt19937_64 draw(seed);
  std::vector<std::uint32_t> text;
  while (text.size() < size) {
    std::size_t const from = tokens.empty() ? 0 : draw() % tokens.size();
    for (std::size_t k = 0; k < 1 + draw() % 60 && from + k < tokens.size(); ++k) {
      bool const changed = tokens[from + k] == 0 || draw() % 12 == 0;
      text.push_back(changed ? 1 + static_cast<std::uint32_t>(draw() % (largest + 3)) : tokens[from + k]);
    }
    text.push_back(no_word);
  }
  return text;
}

}  // namespace

TEST_CASE("the lengths of a text against a sentence") {
  // the cat sat on the mat and the dog sat on the log while it rained
  std::vector<std::uint16_t> const tokens{1, 2, 3, 4, 1, 5, 6, 1, 7, 3, 4, 1, 8, 9, 10, 11};
  // yesterday the cat sat on the log and the dog sat on the mat while it snowed
  std::vector<std::uint32_t> const text{no_word, 1, 2, 3, 4, 1, 8, 6, 1, 7, 3, 4, 1, 5, 9, 10, 12};
  Corpus<std::uint16_t> const corpus(tokens, 11);

  auto const found = longest(corpus, text, 0, text.size());

  CHECK(found == std::vector<std::int32_t>{0, 5, 4, 4, 3, 2, 1, 6, 5, 4, 4, 3, 2, 1, 2, 1, 0});
}

TEMPLATE_TEST_CASE("lengths, ranges and first places in random texts", "", std::uint16_t, std::uint32_t) {
  std::uint32_t seed = 0;
  for (std::uint64_t const largest : {1, 2, 7, 300, 65535}) {
    for (std::size_t const size : {0, 1, 2, 99, 700}) {
      for (std::size_t const longest_copy : {3, 500}) {
        auto const tokens = sample_text::with_copies<TestType>(size, largest, longest_copy, ++seed);
        Corpus<TestType> const corpus(tokens, static_cast<TestType>(largest));
        auto const text = queries(tokens, largest, 200, seed);
        INFO(size << " tokens up to " << largest << ", copies up to " << longest_copy);

        check_longest(corpus, text);

        std::mt19937_64 draw(seed);
        std::vector<text::Span> spans{{0, 0}, {5, 0}, {0, 1}};
        for (int s = 0; s < 60; ++s) {
          auto const begin = static_cast<std::uint32_t>(draw() % (text.size() - 20));
          spans.push_back({begin, 1 + static_cast<std::uint32_t>(draw() % (s % 3 == 0 ? 20 : 3))});
        }
        check_ranges(corpus, text, spans);
      }
    }
  }
}

TEST_CASE("the greatest id of all, whose keys are all ones, many times") {
  std::vector<std::uint16_t> tokens(700, 65534);
  for (std::size_t i = 100; i < tokens.size(); i += 37) tokens[i] = static_cast<std::uint16_t>(i % 3);
  Corpus<std::uint16_t> const corpus(tokens, 65534);
  auto text = queries(tokens, 65534, 300, 9);
  text.insert(text.end(), 120, 65534);

  check_longest(corpus, text);
  check_ranges(corpus, text, {{300, 1}, {300, 30}, {320, 80}, {0, 1}});
}

TEST_CASE("suffixes that are left out are not found") {
  auto const tokens = sample_text::with_copies<std::uint16_t>(3000, 9, 200, 77);
  auto starts = sample_text::sorted_suffixes(tokens);
  std::erase_if(starts, [](std::uint32_t start) { return start / 100 % 3 == 1; });
  Corpus<std::uint16_t> const corpus(tokens, 9, starts);
  auto const text = queries(tokens, 9, 500, 5);

  check_longest(corpus, text);
  check_ranges(corpus, text, {{0, 1}, {3, 2}, {10, 4}, {20, 1}});
}

TEST_CASE("long ranges and many empty ones have their least start") {
  std::vector<std::uint32_t> suffix(100'000);
  std::iota(suffix.begin(), suffix.end(), 5u);
  std::shuffle(suffix.begin(), suffix.end(), std::mt19937(1));
  text::SuffixIndex<std::uint16_t> const index{{}, on_device(suffix), {}};
  std::vector<text::SuffixRange> ranges(1000, {7, 7});
  ranges[10] = {0, 100'000};
  ranges[500] = {20'000, 30'000};
  ranges[501] = {99'999, 100'000};
  ranges.back() = {3, 70'000};
  Array<std::uint32_t> const position("test::position", ranges.size());
  Array<text::SuffixRange const> const on = on_device(ranges);

  text::first_occurrence(Execution(), index, on, position);

  auto const found = on_host(position);
  for (std::size_t r = 0; r < ranges.size(); ++r) {
    auto const begin = suffix.begin() + ranges[r].low, end = suffix.begin() + ranges[r].high;
    CHECK(found[r] == (begin == end ? text::no_position : *std::min_element(begin, end)));
  }
}
