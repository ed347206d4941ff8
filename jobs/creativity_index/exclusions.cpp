#include "jobs/creativity_index/exclusions.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "io/text/json_line.hpp"

namespace bellshard::creativity_index {
namespace {

struct Line {
  std::string place;
  double begin = 0, end = INFINITY;  ///< words of the document
  bool found = false;
};

std::unordered_multimap<std::string, Line> read_lines(std::filesystem::path const& path) {
  std::unordered_multimap<std::string, Line> lines;
  io::for_each_record(path, [&](io::JsonLine const& record, std::string const& place) {
    auto const name = record.word("document");
    BELLSHARD_INPUT(name.has_value(), "{}: the field \"document\" is absent; write {{\"document\": NAME}}", place);
    Line line{place, record.number("begin").value_or(0), record.number("end").value_or(INFINITY), false};
    BELLSHARD_INPUT(line.begin >= 0 && line.begin <= line.end, "{}: begin = {} and end = {} are no range of words", place, line.begin, line.end);
    lines.emplace(*name, line);
  });
  return lines;
}

}  // namespace

std::vector<Block> merged(std::vector<Block> places) {
  std::sort(places.begin(), places.end(), [](Block a, Block b) { return a.begin < b.begin; });
  std::vector<Block> result;
  for (auto const& place : places) {
    if (place.empty()) continue;
    if (!result.empty() && place.begin <= result.back().end) result.back().end = std::max(result.back().end, place.end);
    else result.push_back(place);
  }
  return result;
}

std::vector<Block> read_exclusions(Context& context, corpus::IndexFile const& index, std::filesystem::path const& path) {
  std::unordered_multimap<std::string, Line> lines;
  together(context.comm(), [&] { lines = read_lines(path); });
  // Names are read in runs of documents, so that the table of a large corpus needs no place in memory.
  constexpr std::int64_t run = 1 << 20;
  std::vector<Block> places;
  for (std::int64_t begin = 0; begin < index.all_documents(); begin += run) {
    Block const documents{begin, std::min(begin + run, index.all_documents())};
    std::vector<std::int64_t> border(static_cast<std::size_t>(documents.size()) + 1);
    index.file().read<std::int64_t>("/results/document_name_offset", {documents.begin, documents.end + 1}, border);
    std::vector<std::uint8_t> letters(static_cast<std::size_t>(border.back() - border.front()));
    index.file().read<std::uint8_t>("/results/document_name", {border.front(), border.back()}, letters);
    auto const offset = index.read_document_offsets(documents);
    for (std::size_t d = 0; d + 1 < border.size(); ++d) {
      std::string const name(letters.begin() + (border[d] - border.front()), letters.begin() + (border[d + 1] - border.front()));
      auto [line, last] = lines.equal_range(name);
      for (; line != last; ++line) {
        line->second.found = true;
        auto const words = static_cast<double>(offset[d + 1] - 1 - offset[d]);
        places.push_back({offset[d] + static_cast<std::int64_t>(std::min(line->second.begin, words)), offset[d] + static_cast<std::int64_t>(std::min(line->second.end, words))});
      }
    }
  }
  for (auto const& [name, line] : lines) {
    BELLSHARD_INPUT(line.found, "{}: the index has no document \"{}\"; check the name (bellshard query INDEX \"some words\" shows names)", line.place, name);
  }
  return merged(std::move(places));
}

}  // namespace bellshard::creativity_index
