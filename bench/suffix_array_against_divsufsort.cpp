// Suffix arrays of words and searches in them, on a text like a natural one; libdivsufsort beside them.
//
//   OMP_NUM_THREADS=2 build/bin/suffix_array_against_divsufsort [MILLIONS OF TOKENS]
//
// The text: words by Zipf's law, most of them drawn among those that often follow the word before; phrases and whole documents
// repeated. libdivsufsort sorts the same tokens as big-endian bytes, two of each, with one thread; so it sorts the suffixes that
// begin inside of a token too, which nobody asked for. Prints medians of `repeats` rounds.
#include <divsufsort.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "kernels/text/longest_match.hpp"
#include "kernels/text/suffix_array.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;
constexpr int repeats = 3;
constexpr double words = 50'000;
constexpr std::uint16_t largest = 50'000;

class Author {
 public:
  explicit Author(std::uint64_t seed) : draw_(seed) {}

  std::vector<std::uint16_t> write(std::size_t size) {
    std::vector<std::uint16_t> text;
    text.reserve(size + 2000);
    std::vector<std::size_t> document{0};
    while (text.size() < size) {
      std::size_t const length = 50 + draw_() % 900;
      if (document.size() > 10 && draw_() % 100 < 3) {  // a copy
        std::size_t const which = draw_() % (document.size() - 1);
        for (std::size_t i = document[which]; i + 1 < document[which + 1]; ++i) text.push_back(text[i]);
      } else {
        while (text.size() - document.back() < length) phrase(text);
      }
      text.push_back(0);
      document.push_back(text.size());
    }
    text.resize(size);
    return text;
  }

  /// Pieces of the text of 5 to 60 words with other words between.
  std::vector<std::uint32_t> quote(std::vector<std::uint16_t> const& text, std::size_t size) {
    std::vector<std::uint32_t> quotes;
    while (quotes.size() < size) {
      std::size_t const from = draw_() % (text.size() - 100);
      for (std::size_t k = 0; k < 5 + draw_() % 60; ++k) quotes.push_back(text[from + k] == 0 ? text::no_word : text[from + k]);
      for (std::size_t k = 0; k < draw_() % 20; ++k) quotes.push_back(zipf(words));
    }
    quotes.resize(size);
    return quotes;
  }

 private:
  double uniform() { return std::ldexp(static_cast<double>(draw_() >> 11), -53); }
  std::uint16_t zipf(double most) { return static_cast<std::uint16_t>(std::pow(most, uniform())); }

  void phrase(std::vector<std::uint16_t>& text) {
    if (text.size() > 1000 && draw_() % 100 == 0) {
      std::size_t const from = draw_() % (text.size() - 100), length = 4 + draw_() % 30;
      for (std::size_t k = 0; k < length; ++k) text.push_back(text[from + k] == 0 ? 1 : text[from + k]);
    } else if (text.empty() || uniform() < 0.35) {
      text.push_back(zipf(words));
    } else {  // one of those that often follow
      std::uint64_t mixed = text.back() * 0x9E3779B97F4A7C15u + zipf(300) * 0xBF58476D1CE4E5B9u;
      mixed ^= mixed >> 31;
      double const u = std::ldexp(static_cast<double>(mixed * 0x94D049BB133111EBu >> 11), -53);
      text.push_back(static_cast<std::uint16_t>(std::pow(words, u)));
    }
  }

  std::mt19937_64 draw_;
};

template <class T>
Array<T> on_device(std::vector<T> const& items) {
  Array<T> array("bellshard::bench::array", items.size());
  Kokkos::deep_copy(array, Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(items.data(), items.size()));
  return array;
}

/// Median seconds of a call.
template <class Work>
double timed(Work const& work) {
  std::vector<double> seconds;
  for (int k = 0; k < repeats; ++k) {
    auto const begin = std::chrono::steady_clock::now();
    work();
    Execution().fence();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv);
  auto const size = static_cast<std::size_t>((argc > 1 ? std::atof(argv[1]) : 20) * 1e6);
  Author author(2024);
  auto const text = author.write(size);
  auto const quotes = author.quote(text, 1'000'000);
  Execution const execution;

  Array<std::uint16_t const> const tokens = on_device(text);
  Array<std::uint32_t const> suffix;
  double const ours = timed([&] {
    suffix = {};
    suffix = text::suffix_array(execution, tokens, largest);
  });

  std::vector<std::uint8_t> bytes(2 * size);
  for (std::size_t i = 0; i < size; ++i) bytes[2 * i] = static_cast<std::uint8_t>(text[i] >> 8), bytes[2 * i + 1] = static_cast<std::uint8_t>(text[i]);
  std::vector<saidx_t> starts(bytes.size());
  double const theirs = timed([&] { divsufsort(bytes.data(), starts.data(), static_cast<saidx_t>(bytes.size())); });
  std::size_t same = 0;
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), suffix);
  for (auto const start : starts) {
    if (start % 2 == 0) same += host(same) == static_cast<std::uint32_t>(start / 2);
  }

  auto const index = text::suffix_index<std::uint16_t>(execution, tokens, suffix, largest);
  Array<std::uint32_t const> const query = on_device(quotes);
  Array<std::int32_t> const lengths("bellshard::bench::lengths", quotes.size());
  double const search = timed([&] { text::longest_match(execution, index, query, 0, lengths); });
  auto const found = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), lengths);
  double mean = 0;
  for (std::size_t l = 0; l < quotes.size(); ++l) mean += found(l) / static_cast<double>(quotes.size());

  double const million = static_cast<double>(size) / 1e6;
  std::printf("%.1f million tokens, %d thread(s); the two arrays %s\n", million, execution.concurrency(), same == size ? "agree" : "DIFFER");
  std::printf("%-44s %8s %22s\n", "", "seconds", "millions a second");
  std::printf("%-44s %8.3f %15.2f tokens\n", "suffix array of tokens", ours, million / ours);
  std::printf("%-44s %8.3f %15.2f tokens\n", "libdivsufsort, 2 bytes a token, one thread", theirs, million / theirs);
  std::printf("%-44s %8.3f %15.2f searches, %.2f words long in the mean\n", "longest matches", search, static_cast<double>(quotes.size()) / 1e6 / search, mean);
  return same == size ? 0 : 1;
}
