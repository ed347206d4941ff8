#include "io/text/json_line.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>

#include "io/text/line_source.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {

struct JsonLine::Impl {
  simdjson::dom::parser parser;
  simdjson::dom::object object;

  /// The value of a field, where it has this type.
  template <class T>
  std::optional<T> get(std::string const& field) const {
    T value;
    if (object.at_key(field).get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }
};

JsonLine::JsonLine() : impl_(new Impl) {}
JsonLine::~JsonLine() = default;

std::string JsonLine::parse(std::string_view line) {
  simdjson::dom::element element;
  auto const failure = impl_->parser.parse(line.data(), line.size(), false).get(element);
  if (failure != simdjson::SUCCESS) return fmt::format("this is no JSON ({})", simdjson::error_message(failure));
  if (element.get(impl_->object) != simdjson::SUCCESS) return "this is no JSON object";
  return {};
}

std::optional<std::string_view> JsonLine::text(std::string const& field) const { return impl_->get<std::string_view>(field); }
std::optional<double> JsonLine::number(std::string const& field) const { return impl_->get<double>(field); }

std::optional<std::string> JsonLine::word(std::string const& field) const {
  if (auto const text = impl_->get<std::string_view>(field)) return std::string(*text);
  if (auto const whole = impl_->get<std::int64_t>(field)) return std::to_string(*whole);
  if (auto const real = impl_->get<double>(field)) return fmt::format("{}", *real);
  if (auto const truth = impl_->get<bool>(field)) return *truth ? "true" : "false";
  simdjson::dom::element element;
  if (impl_->object.at_key(field).get(element) == simdjson::SUCCESS && element.is_null()) return "";
  return std::nullopt;
}

bool JsonLine::ids(std::string const& field, std::vector<std::uint32_t>& ids) const {
  ids.clear();
  simdjson::dom::array array;
  if (impl_->object.at_key(field).get(array) != simdjson::SUCCESS) return false;
  for (auto item : array) {
    std::uint64_t id = 0;
    if (item.get(id) != simdjson::SUCCESS || id > 0xFFFFFFFFu) return false;
    ids.push_back(static_cast<std::uint32_t>(id));
  }
  return true;
}

std::optional<std::vector<double>> JsonLine::numbers(std::string const& field, double null_value) const {
  auto const array = impl_->get<simdjson::dom::array>(field);
  if (!array) return std::nullopt;
  std::vector<double> values;
  for (auto item : *array) {
    double value = null_value;
    if (!item.is_null() && item.get(value) != simdjson::SUCCESS) return std::nullopt;
    values.push_back(value);
  }
  return values;
}

std::optional<std::vector<std::int64_t>> JsonLine::wholes(std::string const& field) const {
  auto const array = impl_->get<simdjson::dom::array>(field);
  if (!array) return std::nullopt;
  std::vector<std::int64_t> values;
  for (auto item : *array) {
    std::int64_t whole = 0;
    double real = 0;
    if (item.get(whole) != simdjson::SUCCESS) {
      if (item.get(real) != simdjson::SUCCESS || std::floor(real) != real || std::abs(real) > 9e15) return std::nullopt;
      whole = static_cast<std::int64_t>(real);
    }
    values.push_back(whole);
  }
  return values;
}

bool JsonLine::has(std::string const& field) const {
  simdjson::dom::element element;
  return impl_->object.at_key(field).get(element) == simdjson::SUCCESS;
}

void for_each_record(std::filesystem::path const& path, std::function<void(JsonLine const& record, std::string const& place)> const& take) {
  LineSource lines(path);
  JsonLine record;
  for (std::int64_t number = 1; lines.next(); ++number) {
    auto const line = lines.line();
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    auto const place = fmt::format("{}:{}", path.string(), number);
    auto const wrong = record.parse(line);
    bool const no_number = line.find("NaN") != line.npos || line.find("Infinity") != line.npos;
    BELLSHARD_INPUT(wrong.empty(), "{}: {}{}", place, wrong, no_number ? "; JSON has no NaN and no Infinity: write null, where the field may be" : "");
    take(record, place);
  }
}

void read_json_object(std::filesystem::path const& path, JsonLine& object) {
  constexpr std::size_t block = std::size_t{1} << 16;
  ByteSource source(path);
  std::string text;
  for (std::size_t size = 0, got = 1; got > 0; size += got) {
    text.resize(size + block);
    got = source.read({text.data() + size, block});
    if (got == 0) text.resize(size);
  }
  text.reserve(text.size() + LineSource::padding);
  auto const wrong = object.parse(text);
  BELLSHARD_INPUT(wrong.empty(), "{}: {}", path.string(), wrong);
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace bellshard::io
