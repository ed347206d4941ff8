#include "io/text/vector_lines.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  auto const [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc::result_out_of_range && text.find("e-") != text.npos) return T{};  // too small for a double
  return failure == std::errc() && stop == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

VectorLines::VectorLines(std::filesystem::path path) : path_(std::move(path)), lines_(path_) {}

bool VectorLines::next() {
  while (lines_.next()) {
    ++line_;
    cut(lines_.line());
    if (pieces_.empty()) continue;
    if (line_ == 1 && pieces_.size() == 2 && number<std::int64_t>(pieces_[0]) && number<std::int64_t>(pieces_[1])) {
      components_ = *number<std::int64_t>(pieces_[1]);
      BELLSHARD_INPUT(components_ > 0, "{}:1: a head of {} words with {} components; there must be at least one", path_.string(), pieces_[0], components_);
      continue;
    }
    BELLSHARD_INPUT(pieces_.size() > 1, "{}:{}: \"{}\" has no numbers behind it; a line is a word and its components", path_.string(), line_, pieces_[0]);
    if (components_ == 0) components_ = static_cast<std::int64_t>(pieces_.size()) - 1;
    auto const found = static_cast<std::int64_t>(pieces_.size()) - 1;
    auto const first = pieces_.end() - std::min(components_, found);
    bool const longer = found > components_ && std::none_of(pieces_.begin() + 1, first, [](auto piece) { return number<double>(piece).has_value(); });
    BELLSHARD_INPUT(found == components_ || longer, "{}:{}: {} components, and {} in the lines before; a line is a word and its components", path_.string(), line_, found,
                    components_);
    word_ = {pieces_.front().data(), static_cast<std::size_t>((first - 1)->data() + (first - 1)->size() - pieces_.front().data())};
    values_.clear();
    for (auto piece = first; piece != pieces_.end(); ++piece) {
      auto const value = number<double>(*piece);
      BELLSHARD_INPUT(value && std::isfinite(*value), "{}:{}: component {} of \"{}\" is {}, no finite number", path_.string(), line_, piece - first + 1, word_, *piece);
      values_.push_back(*value);
    }
    return true;
  }
  return false;
}

void VectorLines::cut(std::string_view line) {
  pieces_.clear();
  for (std::size_t at = 0; at < line.size();) {
    while (at < line.size() && is_blank(line[at])) ++at;
    auto const begin = at;
    while (at < line.size() && !is_blank(line[at])) ++at;
    if (at > begin) pieces_.push_back(line.substr(begin, at - begin));
  }
}

}  // namespace bellshard::io
