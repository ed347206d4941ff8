#include "src/config/job_file.hpp"

#include <glob.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "src/base/error.hpp"
#include "src/config/check_value.hpp"
#include "src/config/literal.hpp"
#include "src/config/nearest.hpp"

namespace bellshard {
namespace {

std::string table_of(std::string_view path) {
  auto const dot = path.rfind('.');
  return std::string(dot == std::string_view::npos ? "" : path.substr(0, dot));
}

/// Finds what is wrong with a job file, all of it: one message a line.
class Applier {
 public:
  Applier(JobFile const& file, Keys& keys) : file_(file), keys_(keys) {}

  void run() {
    auto const given = entries();
    for (auto& family : keys_.families()) name_members(family, given);
    for (auto const& key : keys_.all()) reset(*key);
    choose(given);
    for (auto const& key : in_force()) {
      paths_.push_back(key->path);
      for (auto table = table_of(key->path); !table.empty(); table = table_of(table)) tables_.push_back(table);
    }

    for (auto const& family : keys_.families()) tables_.push_back(family.name);

    for (auto const& entry : given) {
      if (entry.is_table) named_tables_.push_back(entry.path);
    }
    for (auto const& entry : given) take(entry);
    for (auto* key : in_force()) {
      if (key->is_required && key->where.source.empty()) miss(*key);
    }
    if (!problems_.empty()) throw Error(ExitCode::bad_job_file, joined(problems_));
    for (auto* key : in_force()) {
      if (is_for_files(*key) && !key->value_toml.empty()) look_up(*key);
    }
    if (!problems_.empty()) throw Error(ExitCode::bad_input, joined(problems_));
  }

 private:
  static void reset(Key& key) {
    key.given = false;
    key.where = {};
    key.value_toml = key.default_toml;
    key.assign(key.default_value);
    if (is_for_files(key)) key.file_names = names_of(key.default_value);
  }

  /// Declares the keys of each table [FAMILY.NAME] that the file has.
  void name_members(Keys::Family& family, std::vector<Entry> const& given) {
    auto const head = family.name + ".";
    for (auto const& entry : given) {
      if (!entry.path.starts_with(head)) continue;
      auto const member = entry.path.substr(head.size(), entry.path.find('.', head.size()) - head.size());
      bool const names_table = entry.is_table || head.size() + member.size() < entry.path.size();
      if (names_table && is_name(member)) keys_.add_member(family, member);
    }
  }

  /// Letters, digits, _ and -, a letter first: what files and Python take without quotes.
  static bool is_name(std::string const& word) {
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto const follows = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !word.empty() && letter(word[0]) && std::all_of(word.begin(), word.end(), follows);
  }

  Keys::Family const* family_of(std::string const& path) const {
    for (auto const& family : keys_.families()) {
      if (path == family.name || path.starts_with(family.name + ".")) return &family;
    }
    return nullptr;
  }

  /// Fixes the choices that decide which other keys are in force. An unknown word leaves nothing else to judge by.
  void choose(std::vector<Entry> const& given) {
    for (auto const& entry : given) {
      auto const decides = [&](Keys::Variant const& variant) { return variant.choice == entry.path; };
      auto const& variants = keys_.variants();
      if (!entry.is_table && std::any_of(variants.begin(), variants.end(), decides)) take(entry);
    }
    if (!problems_.empty()) throw Error(ExitCode::bad_job_file, joined(problems_));
  }

  std::vector<Key*> in_force() const {
    std::vector<Key*> keys;
    for (auto const& key : keys_.all()) {
      if (keys_.in_force(*key)) keys.push_back(key.get());
    }
    return keys;
  }

  static std::string joined(std::vector<std::string> const& lines) {
    std::string text;
    for (auto const& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }

  /// The entries of the file without those that --set replaces, then those of --set.
  std::vector<Entry> entries() const {
    auto entries = read_toml(file_.text, source());
    for (auto const& assignment : file_.overrides) {
      for (auto const& override : read_override(assignment)) {
        std::erase_if(entries, [&](Entry const& entry) { return entry.path == override.path; });
        entries.push_back(override);
      }
    }
    return entries;
  }

  std::string source() const { return file_.path.empty() ? "job file" : file_.path.string(); }

  bool is_key(std::string const& path) const {
    auto const& all = keys_.all();
    return std::any_of(all.begin(), all.end(), [&](auto const& key) { return key->path == path && keys_.in_force(*key); });
  }
  bool is_table(std::string const& path) const { return std::find(tables_.begin(), tables_.end(), path) != tables_.end(); }

  void take(Entry const& entry) {
    if (!unknown_table_.empty() && entry.path.starts_with(unknown_table_)) return;  // said once, at its head
    if (entry.is_table) return take_table(entry);
    if (!is_key(entry.path)) return refuse_key(entry);
    auto& key = keys_.find(entry.path);
    key.where = entry.where;
    try {
      auto const value = checked_value(key, entry);
      key.assign(value);
      bool const unset = is_empty(value) && key.default_toml.empty() && !key.is_required;
      key.value_toml = unset ? "" : toml_text(value);
      key.given = key.value_toml != key.default_toml;
      if (is_for_files(key)) key.file_names = names_of(value);
    } catch (Error const& error) {
      problems_.push_back(error.what());
    }
  }

  void take_table(Entry const& entry) {
    auto const* family = family_of(entry.path);
    bool const nameless = family != nullptr && entry.path == family->name && !has_tables_below(entry.path);
    if (is_table(entry.path) && !nameless) return;
    unknown_table_ = entry.path + ".";
    auto const place = entry.where.text();
    if (nameless || (family != nullptr && table_of(entry.path) == family->name)) {
      problems_.push_back(fmt::format("{}: [{}] {}", place, entry.path, wants_name(*family)));
      return;
    }
    if (is_key(entry.path)) {
      auto& key = keys_.find(entry.path);
      key.where = entry.where;
      problems_.push_back(fmt::format("{}: {} is a table; wanted {}", place, entry.path, type_text(key)));
      return;
    }
    auto const meant = nearest(entry.path, tables_);
    problems_.push_back(fmt::format("{}: [{}] is no table of this job; {}", place, entry.path,
                                    meant ? fmt::format("did you mean [{}]?", *meant) : see_describe()));
  }

  void refuse_key(Entry const& entry) {
    auto const place = entry.where.text();
    if (is_table(entry.path)) {
      problems_.push_back(fmt::format("{0}: {1} is a table, not a key; write [{1}] and its keys below it", place, entry.path));
      return;
    }
    if (auto const* family = family_of(entry.path); family != nullptr && table_of(entry.path) == family->name) {
      problems_.push_back(fmt::format("{}: {} {}", place, entry.path, wants_name(*family)));
      return;
    }
    if (auto const owners = owners_of(entry.path); !owners.empty()) {
      problems_.push_back(fmt::format("{}: {} {}", place, entry.path, owners));
      return;
    }
    auto const meant = nearest(entry.path, paths_);
    auto const problem = table_of(entry.path).empty() ? "stands outside any table" : "is no key of this job";
    problems_.push_back(fmt::format("{}: {} {}; {}", place, entry.path, problem,
                                    meant ? fmt::format("did you mean {}?", *meant) : see_describe()));
  }

  bool has_tables_below(std::string const& path) const {
    auto const below = [&](std::string const& table) { return table.starts_with(path + "."); };
    return std::any_of(named_tables_.begin(), named_tables_.end(), below);
  }

  static std::string wants_name(Keys::Family const& family) {
    return fmt::format("wants a name: write [{}.NAME] and its keys below it; a NAME has letters, digits, _ and -, a letter first", family.name);
  }

  /// Why a key that only other words of a choice have is refused; empty where no word has it.
  std::string owners_of(std::string const& path) const {
    std::string words, choice;
    for (auto const& key : keys_.all()) {
      if (key->path != path || key->variant_of.empty()) continue;
      choice = key->variant_of;
      words += (words.empty() ? "" : ", ") + toml_string(key->variant);
    }
    if (words.empty()) return "";
    return fmt::format("has no use with {} = {}; it belongs to {} {}", choice, keys_.find(choice).value_toml,
                       choice.substr(choice.rfind('.') + 1), words);
  }

  static std::string see_describe() { return "`bellshard describe JOB` lists all keys"; }

  void miss(Key const& key) {
    auto const leaf = key.path.substr(table_of(key.path).size() + 1);
    if (file_.path.empty() && file_.text.empty()) {
      problems_.push_back(fmt::format("{0} is required ({1}); add --set {0}={2}, or name a job file with -c", key.path, key.help,
                                      key.example_toml));
    } else {
      problems_.push_back(fmt::format("{}: {} is required ({}); add to [{}] the line: {} = {}", source(), key.path, key.help,
                                      table_of(key.path), leaf, key.example_toml));
    }
  }

  static bool is_for_files(Key const& key) { return key.type == KeyType::file || key.type == KeyType::files; }
  static std::vector<std::string> names_of(Value const& value) {
    auto const* several = std::get_if<std::vector<std::string>>(&value);
    return several != nullptr ? *several : std::vector{std::get<std::string>(value)};
  }

  /// The file of this name, or the files that a pattern matches; none where there is none.
  static std::vector<std::string> found_as(std::filesystem::path const& name, bool pattern) {
    std::error_code ignored;
    if (std::filesystem::exists(name, ignored)) return {name.string()};
    std::vector<std::string> found;
    glob_t matches{};
    if (pattern && glob(name.c_str(), 0, nullptr, &matches) == 0) found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    globfree(&matches);
    return found;
  }

  /// An input file may be named from the working directory or from the job file's folder.
  void look_up(Key& key) {
    namespace fs = std::filesystem;
    std::vector<std::string> all;
    for (auto const& name : key.file_names) {
      fs::path const from_here = name;
      auto const from_job_file = file_.path.parent_path() / from_here;
      bool const pattern = key.type == KeyType::files && name.find_first_of("*?[") != std::string::npos;
      auto found = found_as(from_here, pattern);
      if (found.empty()) found = found_as(from_job_file, pattern);
      all.insert(all.end(), found.begin(), found.end());
      if (!found.empty()) continue;
      std::error_code ignored;
      auto const place = key.where.text().empty() ? "" : key.where.text() + ": ";
      auto const here = fs::absolute(from_here, ignored).lexically_normal().string();
      auto const there = fs::absolute(from_job_file, ignored).lexically_normal().string();
      auto const places = there == here ? here : here + " and no " + there;
      problems_.push_back(fmt::format("{}{} = {} was not found: there is no {}; check the path", place, key.path, toml_string(name), places));
    }
    if (key.type == KeyType::file && !all.empty()) key.assign(all.front());
    if (key.type == KeyType::files) key.assign(all);
  }

  JobFile const& file_;
  Keys& keys_;
  std::vector<std::string> paths_;
  std::vector<std::string> tables_;
  std::vector<std::string> named_tables_;  ///< by the file
  std::string unknown_table_;
  std::vector<std::string> problems_;
};

}  // namespace

void apply(JobFile const& file, Keys& keys) { Applier(file, keys).run(); }

}  // namespace bellshard
