#include "src/corpus/vocabulary.hpp"

#include <algorithm>
#include <numeric>

#include "src/base/error.hpp"

namespace bellshard::corpus {
namespace {

struct Entry {
  std::int64_t length;
  std::int64_t count;
};

/// Words on their way: their letters one after the other, and an entry for each.
struct Parcel {
  std::vector<char> letters;
  std::vector<Entry> entries;

  void add(std::string_view word, std::int64_t count) {
    letters.insert(letters.end(), word.begin(), word.end());
    entries.push_back({static_cast<std::int64_t>(word.size()), count});
  }
};

/// Calls take(word, count) for each word that came.
template <class Take>
void deliver(Mail const& mail, std::vector<Parcel> parcels, Take const& take) {
  std::vector<std::vector<char>> letters;
  std::vector<std::vector<Entry>> entries;
  for (auto& parcel : parcels) {
    letters.push_back(std::move(parcel.letters));
    entries.push_back(std::move(parcel.entries));
  }
  auto const got_letters = mail.deliver(std::move(letters));
  auto const got_entries = mail.deliver(std::move(entries));
  auto const* at = got_letters.items.data();
  for (auto const& entry : got_entries.items) {
    take(std::string_view(at, static_cast<std::size_t>(entry.length)), entry.count);
    at += entry.length;
  }
}

}  // namespace

Vocabulary::Vocabulary(std::vector<char> letters, std::vector<std::int64_t> offset, std::vector<std::int64_t> count)
    : letters_(std::move(letters)), offset_(std::move(offset)), count_(std::move(count)) {
  ids_.reserve(count_.size());
  for (TokenId id = 1; id <= count_.size(); ++id) ids_.emplace(word(id), id);
}

Vocabulary merge(MPI_Comm comm, WordCounts const& own) {
  Mail const mail(comm);
  auto const ranks = static_cast<std::uint64_t>(mail.ranks());

  std::vector<Parcel> to_owner(ranks);
  for (auto const& [word, count] : own) to_owner[checksum(word) % ranks].add(word, count);
  std::unordered_map<std::string, std::int64_t, WordHash, std::equal_to<>> sums;
  deliver(mail, std::move(to_owner), [&](std::string_view word, std::int64_t count) {
    auto const found = sums.find(word);
    if (found != sums.end()) found->second += count;
    else sums.emplace(word, count);
  });

  Parcel mine;
  for (auto const& [word, count] : sums) mine.add(word, count);
  std::string all;
  std::vector<std::int64_t> begin{0}, count;
  deliver(mail, std::vector<Parcel>(ranks, mine), [&](std::string_view word, std::int64_t times) {
    all += word;
    begin.push_back(static_cast<std::int64_t>(all.size()));
    count.push_back(times);
  });

  auto const word = [&](std::size_t i) { return std::string_view(all).substr(static_cast<std::size_t>(begin[i]), static_cast<std::size_t>(begin[i + 1] - begin[i])); };
  std::vector<std::size_t> order(count.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return count[a] != count[b] ? count[a] > count[b] : word(a) < word(b); });
  BELLSHARD_INPUT(order.size() < no_word - 1, "the corpus has {} words; more than {} cannot be numbered: fold the case, or give token ids", order.size(), no_word - 2);
  std::vector<char> letters;
  std::vector<std::int64_t> offset{0}, counts;
  letters.reserve(all.size());
  for (auto i : order) {
    letters.insert(letters.end(), word(i).begin(), word(i).end());
    offset.push_back(static_cast<std::int64_t>(letters.size()));
    counts.push_back(count[i]);
  }
  return {std::move(letters), std::move(offset), std::move(counts)};
}

}  // namespace bellshard::corpus
