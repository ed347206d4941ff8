#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "src/app/commands.hpp"
#include "src/corpus/index_file.hpp"

namespace bellshard {
namespace {

using corpus::TokenId;

constexpr std::int64_t most_shown = 10;
constexpr std::int64_t words_around = 6;

/// Searches an index where it lies on the disk: a few reads for each part, nothing large in memory.
class DiskSearch {
 public:
  DiskSearch(corpus::IndexFile const& index, int part) : file_(index.file()), positions_(index.positions(part)) {}

  Block positions() const { return positions_; }
  std::int64_t suffix(std::int64_t k) const {
    std::uint32_t start = 0;
    file_.read<std::uint32_t>("/results/suffix", {positions_.begin + k, positions_.begin + k + 1}, {&start, 1});
    return positions_.begin + start;
  }
  std::vector<TokenId> tokens(Block items) const {
    std::vector<TokenId> read(static_cast<std::size_t>(items.size()));
    file_.read<TokenId>("/results/token", items, read);
    return read;
  }

  /// Suffixes [low, high) that begin with the pattern.
  Block range(std::vector<TokenId> const& pattern) const { return {border(pattern, false), border(pattern, true)}; }

  /// Words of the pattern that the part holds as a run.
  std::size_t longest_prefix(std::vector<TokenId> const& pattern) const {
    auto const at = border(pattern, false);
    std::size_t longest = 0;
    for (auto k : {at - 1, at}) {
      if (k < 0 || k >= positions_.size()) continue;
      auto const there = beginning(k, pattern.size());
      auto const differs = std::mismatch(there.begin(), there.end(), pattern.begin(), pattern.end()).first;
      longest = std::max(longest, static_cast<std::size_t>(differs - there.begin()));
    }
    return longest;
  }

 private:
  std::vector<TokenId> beginning(std::int64_t k, std::size_t words) const {
    auto const start = suffix(k);
    return tokens(intersect(positions_, {start, start + static_cast<std::int64_t>(words)}));
  }
  /// The first suffix that is not below the pattern; with `behind`, that does not begin with it either.
  std::int64_t border(std::vector<TokenId> const& pattern, bool behind) const {
    std::int64_t low = 0, high = positions_.size();
    while (low < high) {
      auto const middle = low + (high - low) / 2;
      auto const there = beginning(middle, pattern.size());
      bool const below = behind ? there <= pattern : there < pattern;
      (below ? low : high) = below ? middle + 1 : middle;
    }
    return low;
  }

  io::InputFile const& file_;
  Block positions_;
};

std::vector<TokenId> pattern_of(corpus::IndexFile const& index, corpus::Vocabulary const& vocabulary, std::string const& words) {
  std::vector<TokenId> pattern;
  if (index.tokens() != corpus::Tokens::ids) {
    index.cut(words, vocabulary, [&](corpus::CutToken const& token) { pattern.push_back(token.id); });
  } else {
    auto const* at = words.data();
    auto const* const end = at + words.size();
    while (at < end) {
      if (*at == ' ' || *at == ',') {
        ++at;
        continue;
      }
      TokenId id = 0;
      auto const [stop, failure] = std::from_chars(at, end, id);
      if (failure != std::errc()) fail(ExitCode::bad_command_line, "\"{}\": this index has token ids; give whole numbers, \"17 4 22\"", words);
      pattern.push_back(id < corpus::no_word - 1 ? id + 1 : corpus::no_word);
      at = stop;
    }
  }
  if (pattern.empty()) fail(ExitCode::bad_command_line, "there is no word to look for; give some in quotes: bellshard query INDEX \"some words\"");
  return pattern;
}

char const* noun(corpus::IndexFile const& index) { return index.tokens() == corpus::Tokens::sentencepiece ? "piece" : "word"; }

/// A place with some words around it, of its document alone.
std::string place_text(corpus::IndexFile const& index, corpus::Vocabulary const& vocabulary, DiskSearch const& part, std::int64_t document, std::int64_t position, std::int64_t words) {
  auto const border = index.read_document_offsets({document, document + 1});
  Block const own{border[0], border[1] - 1};
  auto const text = [&](std::int64_t begin, std::int64_t end) { return index.text(vocabulary, part.tokens(intersect(own, {begin, end}))); };
  return fmt::format("  {}, {} {}: {} [{}] {}\n", index.read_document_name(document), noun(index), position - own.begin, text(position - words_around, position),
                     text(position, position + words), text(position + words, position + words + words_around));
}

/// The document that holds a position, by halving.
std::int64_t document_at(corpus::IndexFile const& index, Block documents, std::int64_t position) {
  while (documents.size() > 1) {
    auto const middle = documents.begin + documents.size() / 2;
    (index.read_document_offsets({middle, middle + 1})[0] <= position ? documents.begin : documents.end) = middle;
  }
  return documents.begin;
}

std::string counted(std::int64_t times) { return times == 1 ? "once" : fmt::format("{} times", times); }

}  // namespace

ExitCode query_index(Context& context, CommandLine const& line) {
  if (line.state) fail(ExitCode::bad_command_line, "--state has no use here: {} is an index; give words in quotes", line.files[0].string());
  corpus::IndexFile const index(context.comm(), line.files[0]);
  auto const vocabulary = index.read_vocabulary();
  auto pattern = pattern_of(index, vocabulary, line.words);
  auto const asked = pattern.size();
  std::vector<DiskSearch> parts;
  for (int part = 0; part < index.parts(); ++part) parts.emplace_back(index, part);

  std::size_t longest = 0;
  for (auto const& part : parts) longest = std::max(longest, part.longest_prefix(pattern));
  pattern.resize(longest);
  std::int64_t count = 0;
  std::vector<std::pair<std::int64_t, int>> places;  // position, part
  for (int p = 0; p < index.parts() && longest > 0; ++p) {
    auto const& part = parts[static_cast<std::size_t>(p)];
    auto const range = part.range(pattern);
    count += range.size();
    for (auto k = range.begin; k < range.end && static_cast<std::int64_t>(places.size()) < most_shown; ++k) places.emplace_back(part.suffix(k), p);
  }
  std::sort(places.begin(), places.end());

  auto const these = asked == 1 ? fmt::format("this {} stands", noun(index)) : fmt::format("these {} {}s stand", asked, noun(index));
  auto const first = longest == 1 ? std::string("the first one stands") : fmt::format("the first {} stand", longest);
  auto text = longest == asked ? fmt::format("{} {} in the corpus\n", these, counted(count))
              : longest == 0   ? fmt::format("{} nowhere in the corpus{}\n", these, asked == 1 ? "" : ", nor does the first of them")
                               : fmt::format("{} nowhere in the corpus; {} {}: {}\n", these, first, counted(count), index.text(vocabulary, pattern));
  for (auto const& [position, part] : places) {
    auto const document = document_at(index, index.documents(part), position);
    text += place_text(index, vocabulary, parts[static_cast<std::size_t>(part)], document, position, static_cast<std::int64_t>(longest));
  }
  if (count > static_cast<std::int64_t>(places.size())) text += fmt::format("  ... and {} more places\n", count - static_cast<std::int64_t>(places.size()));
  together(context.comm(), [&] {
    if (context.root()) print_data(text);
  });
  return ExitCode::done;
}

}  // namespace bellshard
