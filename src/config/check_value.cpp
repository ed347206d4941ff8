#include "src/config/check_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.hpp"
#include "src/config/nearest.hpp"

namespace bellshard {
namespace {

using Kind = Literal::Kind;

/// Long lists are cut: the place says where to look.
std::string shown(Literal const& literal) {
  auto text = toml_text(literal);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

/// Reads one entry for one key. `name` is the key, or the key with the index of the item that is at fault.
class Checker {
 public:
  Checker(Key const& key, Entry const& entry) : key_(key), entry_(entry) {}

  double real(Literal const& literal, std::string const& name) const {
    if (literal.kind != Kind::real && literal.kind != Kind::integer) refuse_type(literal, name);
    double const value = literal.kind == Kind::real ? literal.real : static_cast<double>(literal.integer);
    check_range(value, literal, name);
    return value;
  }

  std::int64_t integer(Literal const& literal, std::string const& name) const {
    if (literal.kind != Kind::integer) refuse_type(literal, name);
    check_range(static_cast<double>(literal.integer), literal, name);
    return literal.integer;
  }

  bool flag(Literal const& literal, std::string const& name) const {
    if (literal.kind != Kind::flag) refuse_type(literal, name);
    return literal.flag;
  }

  std::string text(Literal const& literal, std::string const& name) const {
    // A shell eats the quotes of --set output.file="2024", so there a text needs none.
    bool const bare = literal.kind != Kind::text && &literal == &entry_.literal && !entry_.as_written.empty();
    if (bare) return entry_.as_written;
    if (literal.kind != Kind::text) refuse_type(literal, name);
    return literal.text;
  }

  std::string file(Literal const& literal, std::string const& name) const {
    auto const path = text(literal, name);
    if (path.empty()) refuse(literal, "{} = \"\" names no file; name one, or leave the key out", name);
    return path;
  }

  std::string choice(Literal const& literal, std::string const& name) const {
    auto const word = text(literal, name);
    if (std::find(key_.choices.begin(), key_.choices.end(), word) == key_.choices.end()) {
      std::string words;
      for (auto const& choice : key_.choices) words += (words.empty() ? "" : ", ") + toml_string(choice);
      auto const meant = nearest(word, key_.choices);
      refuse(literal, "{} = {} (must be one of {}){}", name, toml_string(word), words,
             meant ? fmt::format("; did you mean {}?", toml_string(*meant)) : "");
    }
    return word;
  }

  template <class Item, class ReadItem>
  std::vector<Item> list(Literal const& literal, std::string const& name, ReadItem read) const {
    if (literal.kind != Kind::list) refuse_type(literal, name);
    std::vector<Item> items;
    for (std::size_t i = 0; i < literal.items.size(); ++i) {
      items.push_back(read(literal.items[i], fmt::format("{}[{}]", name, i)));
    }
    return items;
  }

  template <class Number, class ReadNumber>
  std::vector<std::array<Number, 2>> pairs(Literal const& literal, std::string const& name, ReadNumber read) const {
    return list<std::array<Number, 2>>(literal, name, [&](Literal const& item, std::string const& item_name) {
      if (item.kind != Kind::list || item.items.size() != 2) {
        refuse(item, "{} = {} is no pair of two numbers; wanted {}{}", item_name, shown(item), type_text(key_), for_example());
      }
      return std::array<Number, 2>{read(item.items[0], item_name + "[0]"), read(item.items[1], item_name + "[1]")};
    });
  }

 private:
  template <class... Args>
  [[noreturn]] void refuse(Literal const& literal, fmt::format_string<Args...> text, Args&&... args) const {
    // The name starts the line for a plain value; inside a list the item itself is the better place.
    auto const place = (&literal == &entry_.literal ? entry_.where : literal.where).text();
    fail(ExitCode::bad_job_file, "{}: {}", place, fmt::format(text, std::forward<Args>(args)...));
  }

  [[noreturn]] void refuse_type(Literal const& literal, std::string const& name) const {
    auto const whole = literal.kind == Kind::real && std::abs(literal.real) < 9e15 && std::trunc(literal.real) == literal.real;
    if (whole && (key_.type == KeyType::integer || key_.type == KeyType::integers || key_.type == KeyType::integer_pairs)) {
      refuse(literal, "{} = {} is a real; wanted an integer: write {:.0f}", name, shown(literal), literal.real);
    }
    refuse(literal, "{} = {} is {}; wanted {}{}", name, shown(literal), kind_name(literal), type_text(key_), for_example());
  }

  std::string for_example() const {
    auto const& example = key_.example_toml.empty() ? key_.default_toml : key_.example_toml;
    return example.empty() ? "" : fmt::format(", for example {}", example);
  }

  void check_range(double value, Literal const& literal, std::string const& name) const {
    auto const way_out = key_.otherwise.empty() ? "" : "; " + key_.otherwise;
    auto const refuse_number = [&](std::string const& why) {
      refuse(literal, "{} = {} ({}){}", name, shown(literal), why, way_out);
    };
    if (std::isnan(value)) refuse_number("must be a number");
    bool const high_enough = key_.at_low == Border::closed ? value >= key_.low : value > key_.low;
    bool const low_enough = key_.at_high == Border::closed ? value <= key_.high : value < key_.high;
    if (std::isinf(value) && key_.infinity_allowed && value >= key_.low && value <= key_.high) return;
    if (!high_enough || !low_enough) refuse_number("must " + range_words());
    if (std::isinf(value)) refuse_number("must be finite");
  }

  std::string range_words() const {
    bool const below = std::isfinite(key_.high), above = std::isfinite(key_.low);
    if (below && above) return "lie in " + range_text(key_);
    if (above) return fmt::format("be {} {}", key_.at_low == Border::closed ? "at least" : "above", key_.low);
    return fmt::format("be {} {}", key_.at_high == Border::closed ? "at most" : "below", key_.high);
  }

  Key const& key_;
  Entry const& entry_;
};

}  // namespace

Value checked_value(Key const& key, Entry const& entry) {
  Checker const check(key, entry);
  auto const& literal = entry.literal;
  auto const real = [&](Literal const& item, std::string const& name) { return check.real(item, name); };
  auto const integer = [&](Literal const& item, std::string const& name) { return check.integer(item, name); };
  auto const text = [&](Literal const& item, std::string const& name) { return check.text(item, name); };
  switch (key.type) {
    case KeyType::real: return check.real(literal, key.path);
    case KeyType::integer: return check.integer(literal, key.path);
    case KeyType::flag: return check.flag(literal, key.path);
    case KeyType::text: return check.text(literal, key.path);
    case KeyType::file: return check.file(literal, key.path);
    case KeyType::choice: return check.choice(literal, key.path);
    case KeyType::reals: return check.list<double>(literal, key.path, real);
    case KeyType::integers: return check.list<std::int64_t>(literal, key.path, integer);
    case KeyType::texts:
    case KeyType::files: return check.list<std::string>(literal, key.path, text);
    case KeyType::real_pairs: return check.pairs<double>(literal, key.path, real);
    case KeyType::integer_pairs: return check.pairs<std::int64_t>(literal, key.path, integer);
  }
  fail(ExitCode::bug, "{} has an unknown type (a bug in Bellshard)", key.path);
}

std::string type_text(Key const& key) {
  switch (key.type) {
    case KeyType::real: return "a real";
    case KeyType::integer: return "an integer";
    case KeyType::flag: return "true or false";
    case KeyType::text: return "a text";
    case KeyType::file: return "a file";
    case KeyType::choice: return "a word";
    case KeyType::reals: return "a list of reals";
    case KeyType::integers: return "a list of integers";
    case KeyType::texts: return "a list of texts";
    case KeyType::files: return "a list of files";
    case KeyType::real_pairs: return "a list of pairs of reals";
    case KeyType::integer_pairs: return "a list of pairs of integers";
  }
  return "";
}

std::string range_text(Key const& key) {
  bool const below = std::isfinite(key.high), above = std::isfinite(key.low);
  if (below && above) {
    return fmt::format("{}{}, {}{}", key.at_low == Border::closed ? '[' : '(', key.low, key.high,
                       key.at_high == Border::closed ? ']' : ')');
  }
  if (above) return fmt::format("{} {}", key.at_low == Border::closed ? ">=" : ">", key.low);
  if (below) return fmt::format("{} {}", key.at_high == Border::closed ? "<=" : "<", key.high);
  return "";
}

}  // namespace bellshard
