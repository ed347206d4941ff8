#include "src/corpus/tokenizer.hpp"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "src/base/error.hpp"

namespace bellshard::corpus {
namespace {

constexpr std::int32_t straight_apostrophe = 0x27, curly_apostrophe = 0x2019;
constexpr std::string_view curly_bytes = "\xE2\x80\x99";

utf8proc_uint8_t const* bytes_of(char const* text) { return reinterpret_cast<utf8proc_uint8_t const*>(text); }

}  // namespace

Words::Kind Words::kind_of(std::int32_t code_point) {
  if (code_point == straight_apostrophe || code_point == curly_apostrophe) return Kind::apostrophe;
  auto const category = utf8proc_category(code_point);
  if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) return Kind::word;
  bool const blank = category >= UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CN;
  return blank ? Kind::gap : Kind::other;
}

Words::Letter Words::letter(std::size_t at) const {
  static auto const ascii = [] {
    std::array<Kind, 128> kinds{};
    for (std::int32_t c = 0; c < 128; ++c) kinds[static_cast<std::size_t>(c)] = kind_of(c);
    return kinds;
  }();
  auto const first = static_cast<unsigned char>(text_[at]);
  if (first < 128) return {ascii[first], 1};
  utf8proc_int32_t code_point = 0;
  auto const bytes = utf8proc_iterate(bytes_of(text_.data() + at), static_cast<utf8proc_ssize_t>(text_.size() - at), &code_point);
  if (bytes <= 0) return {Kind::gap, 1};  // no UTF-8; texts are checked before
  return {kind_of(code_point), static_cast<int>(bytes)};
}

bool Words::next() {
  auto at = static_cast<std::size_t>(end_);
  bool ascii = true;
  for (Letter now{}; at < text_.size(); at += static_cast<std::size_t>(now.bytes)) {
    now = letter(at);
    if (now.kind == Kind::gap || (now.kind != Kind::word && rule_.punctuation == Punctuation::drop)) continue;
    begin_ = static_cast<std::int64_t>(at);
    ascii = now.bytes == 1;
    at += static_cast<std::size_t>(now.bytes);
    while (now.kind == Kind::word && at < text_.size()) {
      auto follows = letter(at);
      auto length = static_cast<std::size_t>(follows.bytes);
      if (follows.kind == Kind::apostrophe && at + length < text_.size()) {
        ascii = ascii && follows.bytes == 1;
        follows = letter(at + length);
        length += static_cast<std::size_t>(follows.bytes);
      }
      if (follows.kind != Kind::word) break;
      ascii = ascii && follows.bytes == 1;
      at += length;
    }
    end_ = static_cast<std::int64_t>(at);
    normalise(ascii);
    return true;
  }
  end_ = static_cast<std::int64_t>(text_.size());
  return false;
}

void Words::normalise(bool ascii) {
  word_ = text_.substr(static_cast<std::size_t>(begin_), static_cast<std::size_t>(end_ - begin_));
  bool const fold = rule_.letter_case == LetterCase::fold;
  if (ascii) {
    if (!fold) return;
    buffer_.resize(word_.size());
    for (std::size_t i = 0; i < word_.size(); ++i) buffer_[i] = word_[i] >= 'A' && word_[i] <= 'Z' ? static_cast<char>(word_[i] + ('a' - 'A')) : word_[i];
    word_ = buffer_;
    return;
  }
  buffer_ = word_;
  for (auto at = buffer_.find(curly_bytes); at != std::string::npos; at = buffer_.find(curly_bytes, at)) buffer_.replace(at, curly_bytes.size(), "'");
  utf8proc_uint8_t* mapped = nullptr;
  auto options = static_cast<int>(UTF8PROC_STABLE) | static_cast<int>(UTF8PROC_COMPOSE) | static_cast<int>(UTF8PROC_COMPAT);
  if (fold) options |= static_cast<int>(UTF8PROC_CASEFOLD) | static_cast<int>(UTF8PROC_IGNORE);
  auto const length = utf8proc_map(bytes_of(buffer_.data()), static_cast<utf8proc_ssize_t>(buffer_.size()), &mapped, static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> const owned(mapped, &std::free);
  if (length > 0) buffer_.assign(reinterpret_cast<char const*>(mapped), static_cast<std::size_t>(length));
  word_ = buffer_;
}

}  // namespace bellshard::corpus
