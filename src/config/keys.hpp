#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bellshard {

/// Where a value stands: "job.toml:14:3", "--set solver.discount", or empty for a default.
struct Location {
  std::string source;
  int line = 0;
  int column = 0;
  std::string text() const;
};

enum class KeyType { real, integer, flag, text, file, choice, reals, integers, texts, real_pairs, integer_pairs };
enum class Border { closed, open };

/// One declared key of a job file: what `describe` prints and what parsing checks. Made by Keys.
class Key {
 public:
  Key& required();
  Key& unit(std::string text);
  /// Allowed range for numbers (and for each item of a list). `otherwise` is appended to the message: the way out.
  Key& range(double low, double high, Border at_low = Border::closed, Border at_high = Border::closed, std::string otherwise = "");
  /// TOML text of the value that `init` prints; needed for required keys.
  Key& example(std::string toml);

  // What describe, init and the parser read.
  std::string path;  ///< "solver.tolerance"
  std::string help;
  KeyType type = KeyType::real;
  bool is_required = false;
  std::string unit_text = "1";
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  Border at_low = Border::closed;
  Border at_high = Border::closed;
  std::string otherwise;
  std::vector<std::string> choices;
  std::string default_toml;  ///< as TOML text; empty: none
  std::string example_toml;
  bool given = false;        ///< set by the parser
  Location where;            ///< set by the parser
  std::function<void(void const* value)> assign;  ///< for the parser alone
};

/// The keys of one job, each bound to the field of the job's config that it fills. The field's value at the time of the
/// declaration is the default. Paths are TABLE.KEY.
class Keys {
 public:
  void table(std::string name, std::string help);  ///< describes a table; keys of it follow

  Key& real(std::string path, double& field, std::string help);
  Key& integer(std::string path, std::int64_t& field, std::string help);
  Key& flag(std::string path, bool& field, std::string help);
  Key& text(std::string path, std::string& field, std::string help);
  /// An input file; looked for from the working directory, then from the job file's folder.
  Key& file(std::string path, std::filesystem::path& field, std::string help);
  Key& reals(std::string path, std::vector<double>& field, std::string help);
  Key& integers(std::string path, std::vector<std::int64_t>& field, std::string help);
  Key& texts(std::string path, std::vector<std::string>& field, std::string help);
  Key& pairs(std::string path, std::vector<std::array<double, 2>>& field, std::string help);
  Key& pairs(std::string path, std::vector<std::array<std::int64_t, 2>>& field, std::string help);

  /// One of a few words; words[i] stands for values[i].
  template <class Enum>
  Key& choice(std::string path, Enum& field, std::vector<std::pair<std::string, Enum>> words, std::string help) {
    std::vector<std::string> names;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      names.push_back(words[i].first);
      if (words[i].second == field) chosen = i;
    }
    return choice_key(std::move(path), std::move(names), chosen,
                      [&field, words = std::move(words)](std::size_t i) { field = words[i].second; }, std::move(help));
  }

  bool given(std::string_view path) const;           ///< did the job file or --set name this key
  [[noreturn]] void reject(std::string_view path, std::string const& message) const;  ///< exit 3 with the key's place

  std::vector<std::unique_ptr<Key>> const& all() const { return keys_; }
  std::vector<std::pair<std::string, std::string>> const& tables() const { return tables_; }

 private:
  Key& choice_key(std::string path, std::vector<std::string> names, std::size_t chosen, std::function<void(std::size_t)> assign,
                  std::string help);
  Key& add(std::string path, KeyType type, std::string help, std::string default_toml);
  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<std::pair<std::string, std::string>> tables_;
};

}  // namespace bellshard
