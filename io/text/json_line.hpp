#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellshard::io {

/// One JSON object of a JSONL file at a time. The text of a line must have LineSource::padding readable bytes behind it.
class JsonLine {
 public:
  JsonLine();
  ~JsonLine();

  /// Empty where the line is a JSON object; else what is wrong with it.
  std::string parse(std::string_view line);

  /// A text field, valid until the next parse; empty where there is none or it is no text.
  std::optional<std::string_view> text(std::string const& field) const;
  /// A text, or a number or truth value as text; "" for null.
  std::optional<std::string> word(std::string const& field) const;
  std::optional<double> number(std::string const& field) const;
  /// An array of whole numbers from 0 to 2^32 - 1; false where it is none.
  bool ids(std::string const& field, std::vector<std::uint32_t>& ids) const;
  /// An array of numbers in which null stands for `null_value`, or of whole numbers (432.0 is one, too); empty where it is none.
  std::optional<std::vector<double>> numbers(std::string const& field, double null_value) const;
  std::optional<std::vector<std::int64_t>> wholes(std::string const& field) const;
  bool has(std::string const& field) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The lines of a JSONL file, also compressed, that are not blank, each an object, with its place: "losses.jsonl:3". Exit 4 where one is no JSON.
void for_each_record(std::filesystem::path const& path, std::function<void(JsonLine const& record, std::string const& place)> const& take);

/// A JSON file, also compressed, that is one object. Exit 4 where it is none.
void read_json_object(std::filesystem::path const& path, JsonLine& object);

/// Is this UTF-8?
bool valid_utf8(std::string_view text);

}  // namespace bellshard::io
