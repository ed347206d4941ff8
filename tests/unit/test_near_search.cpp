#include <catch2/catch.hpp>

#include <array>
#include <cmath>

#include "kernels/text/near_regions.hpp"
#include "kernels/text/near_windows.hpp"
#include "tests/unit/sample_text.hpp"

using namespace bellshard;
using sample_text::on_device;
using sample_text::on_host;

namespace {

constexpr std::int64_t words = 40, vectors = 34, components = 5;
constexpr std::uint32_t common = 3;

/// Ids 1 .. 34 have vectors, of which ids 7 and 20 are zero.
struct Sample {
  std::mt19937_64 draw;
  std::vector<std::array<double, components>> row;

  explicit Sample(std::uint32_t seed) : draw(seed), row(vectors) {
    std::normal_distribution<double> normal;
    for (std::int64_t v = 0; v < vectors; ++v) {
      double squares = 0;
      for (auto& c : row[v]) c = static_cast<float>(normal(draw)), squares += c * c;
      for (auto& c : row[v]) c = v == 6 || v == 19 ? 0 : c / std::sqrt(squares);
    }
  }

  double like(std::uint32_t a, std::uint32_t b) const {
    if (a == b) return a != text::unknown_word;
    if (a > vectors || b > vectors) return 0;
    double sum = 0;
    for (std::int64_t c = 0; c < components; ++c) sum += row[a - 1][c] * row[b - 1][c];
    return sum;
  }

  text::VectorTable table() const {
    std::vector<float> value(components * vectors);
    for (std::int64_t v = 0; v < vectors; ++v) {
      for (std::int64_t c = 0; c < components; ++c) value[c * vectors + v] = static_cast<float>(row[v][c]);
    }
    return {on_device(value), vectors, components};
  }

  /// So many content ids, some of them alike in a row.
  std::vector<std::uint32_t> ids(std::size_t count) {
    std::vector<std::uint32_t> list;
    while (list.size() < count) list.push_back(static_cast<std::uint32_t>(common + 1 + draw() % (words - common)));
    return list;
  }
};

std::vector<std::uint32_t> sorted_once(std::vector<std::uint32_t> list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

std::vector<std::uint32_t> numbers(std::vector<std::uint32_t> const& of, std::vector<std::uint32_t> const& among) {
  std::vector<std::uint32_t> list;
  for (auto const id : of) {
    auto const at = std::lower_bound(among.begin(), among.end(), id);
    list.push_back(at != among.end() && *at == id ? static_cast<std::uint32_t>(at - among.begin()) : text::unknown_word);
  }
  return list;
}

}  // namespace

TEST_CASE("The likeness of words is the cosine of their vectors", "[text]") {
  Sample sample(1);
  auto const id = sorted_once(sample.ids(25));
  auto const similarity = text::word_similarity(Execution(), sample.table(), on_device(id));
  Execution().fence();
  auto const cosine = on_host(similarity.cosine);
  for (std::size_t u = 0; u < id.size(); ++u) {
    for (std::uint32_t v = 1; v <= vectors; ++v) CHECK(cosine[u * vectors + v - 1] == Approx(sample.like(id[u], v)).margin(1e-6));
  }
}

TEST_CASE("Regions are all content words of windows whose best likeness is great enough", "[text]") {
  Sample sample(2);
  std::vector<std::vector<std::uint32_t>> texts;
  for (int t = 0; t < 4; ++t) texts.push_back(sorted_once(sample.ids(6)));
  std::vector<std::uint32_t> all, once;
  std::vector<std::int64_t> first{0};
  for (auto const& text : texts) all.insert(all.end(), text.begin(), text.end());
  auto const id = sorted_once(all);
  for (auto const& text : texts) {
    auto const list = numbers(text, id);
    once.insert(once.end(), list.begin(), list.end());
    first.push_back(static_cast<std::int64_t>(once.size()));
  }
  auto const best = text::best_similarity(Execution(), text::word_similarity(Execution(), sample.table(), on_device(id)), {on_device(first), on_device(once)});

  std::vector<std::uint16_t> tokens;
  for (int k = 0; k < 300; ++k) tokens.push_back(static_cast<std::uint16_t>(sample.draw() % (words + 1)));  // separators within, as where words were taken out
  std::vector<text::TextDocument> const pairs{{0, 0, 90}, {1, 0, 90}, {2, 90, 91}, {3, 91, 91}, {3, 95, 300}, {0, 150, 300}};
  for (float const threshold : {0.3F, 0.6F, 0.95F}) {
    auto const found = text::near_regions<std::uint16_t>(Execution(), on_device(tokens), common, best, on_device(pairs), threshold);
    std::vector<std::uint32_t> expected_pair, expected_place;
    std::vector<std::int64_t> expected_first;
    for (std::uint32_t p = 0; p < pairs.size(); ++p) {
      std::vector<std::vector<std::pair<std::uint32_t, double>>> runs(1);  // place and gain of content words
      for (auto at = pairs[p].begin; at < pairs[p].end; ++at) {
        if (tokens[at] == 0) runs.emplace_back();
        if (tokens[at] <= common) continue;
        double most = 0;
        for (auto const word : texts[pairs[p].text]) most = std::max(most, sample.like(word, tokens[at]));
        runs.back().emplace_back(at, most - threshold);
      }
      for (auto const& run : runs) {
        std::vector<bool> lives(run.size() + 1);
        for (std::size_t b = 0; b < run.size(); ++b) {
          double sum = 0;
          for (std::size_t e = b; e < run.size(); ++e) {
            sum += run[e].second;
            if (sum >= -1e-4) std::fill(lives.begin() + b, lives.begin() + e + 1, true);
          }
        }
        for (std::size_t k = 0; k < run.size(); ++k) {
          if (!lives[k]) continue;
          if (k == 0 || !lives[k - 1]) {
            expected_pair.push_back(p);
            expected_first.push_back(static_cast<std::int64_t>(expected_place.size()));
          }
          expected_place.push_back(run[k].first);
        }
      }
    }
    expected_first.push_back(static_cast<std::int64_t>(expected_place.size()));
    CHECK(on_host(found.pair) == expected_pair);
    CHECK(on_host(found.first) == expected_first);
    CHECK(on_host(found.place) == expected_place);
    auto const token = on_host(found.token);
    for (std::size_t k = 0; k < token.size(); ++k) CHECK(token[k] == tokens[expected_place[k]]);
    CHECK(!expected_place.empty());
  }
}

TEST_CASE("The best window of a region is that of all windows", "[text]") {
  Sample sample(3);
  auto span = sample.ids(30);
  span[4] = text::unknown_word;
  auto id = sorted_once(span);
  id.pop_back();  // the unknown one
  auto const similarity = text::word_similarity(Execution(), sample.table(), on_device(id));
  auto region = sample.ids(60);
  std::copy_n(span.begin() + 8, 6, region.begin() + 20);
  std::vector<std::int64_t> const first{0, 15, 50, 60};
  std::vector<text::NearQuestion> questions;
  std::int64_t scratch = 0;
  for (std::int64_t from = 0; from < 24; from += 2) {
    for (std::uint32_t size = 1; size < 7; size += 2) {
      for (std::uint32_t r = 0; r < 3; ++r) {
        questions.push_back({from, size, r, scratch});
        scratch += size + first[r + 1] - first[r];
      }
    }
  }
  for (text::NearRule const rule : {text::NearRule{0.4, 2, 100}, text::NearRule{0.7, 1, 4}, text::NearRule{0.95, 3, 10}}) {
    Array<text::NearWindow> const windows("test::windows", questions.size());
    text::near_windows(Execution(), similarity, on_device(numbers(span, id)), on_device(first), on_device(region), on_device(questions), rule, text::NearAnswer::best,
                       Array<float>("test::scratch", static_cast<std::size_t>(scratch)), windows);
    Execution().fence();
    auto const found = on_host(windows);
    Array<text::NearWindow> const some("test::some", questions.size());
    text::near_windows(Execution(), similarity, on_device(numbers(span, id)), on_device(first), on_device(region), on_device(questions), rule, text::NearAnswer::any,
                       Array<float>("test::scratch", static_cast<std::size_t>(scratch)), some);
    Execution().fence();
    auto const any = on_host(some);
    int near = 0;
    for (std::size_t q = 0; q < questions.size(); ++q) {
      double best = -1;
      auto const score = [&](std::int64_t begin, std::int64_t end) {
        double there = 0, back = 0;
        for (auto i = begin; i < end; ++i) {
          double most = -1;
          for (std::uint32_t k = 0; k < questions[q].size; ++k) most = std::max(most, sample.like(span[questions[q].first + k], region[i]));
          there += most / static_cast<double>(end - begin);
        }
        for (std::uint32_t k = 0; k < questions[q].size; ++k) {
          double most = -1;
          for (auto i = begin; i < end; ++i) most = std::max(most, sample.like(span[questions[q].first + k], region[i]));
          back += most / questions[q].size;
        }
        return std::min(there, back);
      };
      for (auto b = first[questions[q].region]; b < first[questions[q].region + 1]; ++b) {
        for (auto e = b + rule.least; e <= std::min(first[questions[q].region + 1], b + rule.most); ++e) {
          auto const own = score(b, e);
          if (own >= rule.threshold) best = std::max(best, own);
        }
      }
      CHECK(found[q].score == Approx(best).epsilon(1e-5));
      CHECK((any[q].score < 0) == (best < 0));
      if (found[q].score < 0) continue;
      CHECK(score(any[q].begin, any[q].end) >= rule.threshold - 1e-6);
      ++near;
      CHECK(score(found[q].begin, found[q].end) == Approx(best).epsilon(1e-5));
      CHECK(found[q].begin >= first[questions[q].region]);
      CHECK(found[q].end <= first[questions[q].region + 1]);
    }
    CHECK(near > 0);
  }
}
