#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/config/location.hpp"
#include "src/config/value.hpp"

namespace bellshard {

enum class KeyType { real, integer, flag, text, file, choice, reals, integers, texts, files, real_pairs, integer_pairs };
enum class Border { closed, open };

/// One declared key of a job file: what `describe` prints and what parsing checks. Made by Keys.
class Key {
 public:
  Key& required();
  Key& unit(std::string text);
  /// Allowed range for numbers (and for each item of a list); an infinite end is no bound. `otherwise` is appended to the
  /// message: the way out.
  Key& range(double low, double high, Border at_low = Border::closed, Border at_high = Border::closed,
             std::string otherwise = "");
  /// inf and -inf are values too, where the range has no bound; without this they are refused.
  Key& or_infinity();
  /// TOML text of the value that `init` prints; needed for required keys.
  Key& example(std::string toml);

  bool numeric() const;  ///< a number, or a list of them: range and unit mean something

  // What describe, init and the parser read.
  std::string path;  ///< "solver.tolerance"
  std::string variant_of;  ///< in force only where this choice key ...
  std::string variant;     ///< ... has this word; both empty: always in force
  std::string help;
  KeyType type = KeyType::real;
  bool is_required = false;
  bool infinity_allowed = false;
  std::string unit_text = "1";
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  Border at_low = Border::closed;
  Border at_high = Border::closed;
  std::string otherwise;
  std::vector<std::string> choices;
  Value default_value;       ///< the field's value at the declaration; of a choice its word
  std::string default_toml;  ///< as TOML text; empty where is_empty(default_value)
  std::string example_toml;

  // Set by the parser.
  std::string value_toml;    ///< the value in force; empty where there is none
  std::vector<std::string> file_names;  ///< of a key for files: as written, before they are looked up
  bool given = false;        ///< named with a value other than the default
  Location where;            ///< of the name; empty for a default
  std::function<void(Value const&)> assign;  ///< fills the field
};

/// The keys of one job, each bound to the field of the job's config that it fills. The field's value at the time of the
/// declaration is the default; NaN, an empty text and an empty list mean "no default". Paths are TABLE.KEY.
class Keys {
 public:
  void table(std::string name, std::string help);  ///< describes a table; keys of it follow

  Key& real(std::string path, double& field, std::string help);
  Key& integer(std::string path, std::int64_t& field, std::string help);
  Key& flag(std::string path, bool& field, std::string help);
  Key& text(std::string path, std::string& field, std::string help);
  /// An input file; looked for from the working directory, then from the job file's folder.
  Key& file(std::string path, std::filesystem::path& field, std::string help);
  /// Several of them, in order; a name with *, ? or [...] stands for all files that it matches, sorted.
  Key& files(std::string path, std::vector<std::filesystem::path>& field, std::string help);
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

  /// Keys that are in force only where the choice key `choice` has the word `word`; `declare` declares them. Several words may
  /// declare the same path, each with its own field, type, default and help:
  ///     keys.variant("model.kind", "garnet", "random model", [&] { keys.integer("model.states", states, "number of states"); });
  void variant(std::string const& choice, std::string word, std::string help, std::function<void()> const& declare);
  bool in_force(Key const& key) const;

  /// Tables that the job file itself gives names to, [FAMILY.NAME]: `declare` declares the keys of one, called once for each name that
  /// a job file has.
  void family(std::string name, std::string help, std::function<void(std::string const& member)> declare);
  struct Family {
    std::string name, help;
    std::function<void(std::string const&)> declare;
    std::vector<std::string> members;  ///< in the order of the job file
  };
  void add_member(Family& family, std::string const& member);  ///< does nothing where it is there
  std::vector<Family>& families() { return families_; }
  std::vector<Family> const& families() const { return families_; }

  /// Did the job file or --set name this key with a value other than its default? Repeating the default says nothing new,
  /// so a canonical job file, which names every key, means the same as the file it came from.
  bool given(std::string_view path) const;
  /// Exit 3 with the key's place before the message, which names the key and the way out.
  [[noreturn]] void reject(std::string_view path, std::string const& message) const;

  Key& find(std::string_view path) const;  ///< the one in force, where there are several; exit 1 where none was declared
  std::vector<std::unique_ptr<Key>> const& all() const { return keys_; }
  struct Variant {
    std::string choice, word, help;
  };
  std::vector<Variant> const& variants() const { return variants_; }
  std::vector<std::pair<std::string, std::string>> const& tables() const { return tables_; }

 private:
  Key& choice_key(std::string path, std::vector<std::string> names, std::size_t chosen, std::function<void(std::size_t)> assign,
                  std::string help);
  Key& add(std::string path, KeyType type, std::string help, Value default_value);
  template <class T>
  Key& bind(std::string path, KeyType type, T& field, std::string help);
  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<std::pair<std::string, std::string>> tables_;
  std::vector<Variant> variants_;
  std::vector<Family> families_;
  Variant declaring_;  ///< the variant that new keys belong to, or empty
};

}  // namespace bellshard
