#include "src/config/keys.hpp"

#include <algorithm>

#include "src/base/error.hpp"

namespace bellshard {

Key& Key::required() {
  is_required = true;
  default_toml.clear();
  value_toml.clear();
  return *this;
}

Key& Key::unit(std::string text) {
  unit_text = std::move(text);
  return *this;
}

Key& Key::range(double from, double to, Border at_from, Border at_to, std::string way_out) {
  low = from;
  high = to;
  at_low = at_from;
  at_high = at_to;
  otherwise = std::move(way_out);
  return *this;
}

Key& Key::or_infinity() {
  infinity_allowed = true;
  return *this;
}

Key& Key::example(std::string toml) {
  example_toml = std::move(toml);
  return *this;
}

bool Key::numeric() const {
  return type == KeyType::real || type == KeyType::integer || type == KeyType::reals || type == KeyType::integers ||
         type == KeyType::real_pairs || type == KeyType::integer_pairs;
}

void Keys::table(std::string name, std::string help) { tables_.emplace_back(std::move(name), std::move(help)); }

Key& Keys::add(std::string path, KeyType type, std::string help, Value default_value) {
  // Words of the same choice exclude each other, so they may share a path.
  auto const known = std::any_of(keys_.begin(), keys_.end(), [&](auto const& key) {
    bool const exclusive = !declaring_.choice.empty() && key->variant_of == declaring_.choice && key->variant != declaring_.word;
    return key->path == path && !exclusive;
  });
  if (known) fail(ExitCode::bug, "the job declares the key {} twice (a bug in the job)", path);
  auto key = std::make_unique<Key>();
  key->path = std::move(path);
  key->variant_of = declaring_.choice;
  key->variant = declaring_.word;
  key->type = type;
  key->help = std::move(help);
  key->default_value = std::move(default_value);
  if (!is_empty(key->default_value)) key->default_toml = toml_text(key->default_value);
  key->value_toml = key->default_toml;
  keys_.push_back(std::move(key));
  return *keys_.back();
}

template <class T>
Key& Keys::bind(std::string path, KeyType type, T& field, std::string help) {
  auto& key = add(std::move(path), type, std::move(help), field);
  key.assign = [&field](Value const& value) { field = std::get<T>(value); };
  return key;
}

Key& Keys::real(std::string path, double& field, std::string help) {
  return bind(std::move(path), KeyType::real, field, std::move(help));
}
Key& Keys::integer(std::string path, std::int64_t& field, std::string help) {
  return bind(std::move(path), KeyType::integer, field, std::move(help));
}
Key& Keys::flag(std::string path, bool& field, std::string help) {
  return bind(std::move(path), KeyType::flag, field, std::move(help));
}
Key& Keys::text(std::string path, std::string& field, std::string help) {
  return bind(std::move(path), KeyType::text, field, std::move(help));
}
Key& Keys::reals(std::string path, std::vector<double>& field, std::string help) {
  return bind(std::move(path), KeyType::reals, field, std::move(help));
}
Key& Keys::integers(std::string path, std::vector<std::int64_t>& field, std::string help) {
  return bind(std::move(path), KeyType::integers, field, std::move(help));
}
Key& Keys::texts(std::string path, std::vector<std::string>& field, std::string help) {
  return bind(std::move(path), KeyType::texts, field, std::move(help));
}
Key& Keys::pairs(std::string path, std::vector<std::array<double, 2>>& field, std::string help) {
  return bind(std::move(path), KeyType::real_pairs, field, std::move(help));
}
Key& Keys::pairs(std::string path, std::vector<std::array<std::int64_t, 2>>& field, std::string help) {
  return bind(std::move(path), KeyType::integer_pairs, field, std::move(help));
}

Key& Keys::file(std::string path, std::filesystem::path& field, std::string help) {
  auto& key = add(std::move(path), KeyType::file, std::move(help), field.string());
  key.assign = [&field](Value const& value) { field = std::get<std::string>(value); };
  return key;
}

Key& Keys::files(std::string path, std::vector<std::filesystem::path>& field, std::string help) {
  std::vector<std::string> names;
  for (auto const& file : field) names.push_back(file.string());
  auto& key = add(std::move(path), KeyType::files, std::move(help), names);
  key.assign = [&field](Value const& value) {
    auto const& found = std::get<std::vector<std::string>>(value);
    field.assign(found.begin(), found.end());
  };
  return key;
}

Key& Keys::choice_key(std::string path, std::vector<std::string> names, std::size_t chosen,
                      std::function<void(std::size_t)> assign, std::string help) {
  auto& key = add(std::move(path), KeyType::choice, std::move(help), names.at(chosen));
  key.assign = [names, assign = std::move(assign)](Value const& value) {
    auto const word = std::find(names.begin(), names.end(), std::get<std::string>(value));
    assign(static_cast<std::size_t>(word - names.begin()));
  };
  key.choices = std::move(names);
  return key;
}

void Keys::variant(std::string const& choice, std::string word, std::string help, std::function<void()> const& declare) {
  auto const& words = find(choice).choices;
  if (!declaring_.choice.empty() || std::find(words.begin(), words.end(), word) == words.end()) {
    fail(ExitCode::bug, "{} = {} cannot have keys of its own: it is no word of that choice, or lies within another (a bug in the job)",
         choice, toml_string(word));
  }
  declaring_ = {choice, std::move(word), std::move(help)};
  variants_.push_back(declaring_);
  declare();
  declaring_ = {};
}

void Keys::family(std::string name, std::string help, std::function<void(std::string const& member)> declare) {
  families_.push_back({std::move(name), std::move(help), std::move(declare), {}});
}

void Keys::add_member(Family& family, std::string const& member) {
  if (std::find(family.members.begin(), family.members.end(), member) != family.members.end()) return;
  family.members.push_back(member);
  family.declare(member);
}

bool Keys::in_force(Key const& key) const {
  return key.variant_of.empty() || find(key.variant_of).value_toml == toml_string(key.variant);
}

Key& Keys::find(std::string_view path) const {
  Key* found = nullptr;
  for (auto const& key : keys_) {
    if (key->path != path) continue;
    if (in_force(*key)) return *key;
    if (found == nullptr) found = key.get();
  }
  if (found == nullptr) fail(ExitCode::bug, "the job asks for the key {}, which it never declared (a bug in the job)", path);
  return *found;
}

bool Keys::given(std::string_view path) const { return find(path).given; }

void Keys::reject(std::string_view path, std::string const& message) const {
  auto const place = find(path).where.text();
  fail(ExitCode::bad_job_file, "{}: {}", place.empty() ? path : place, message);
}

}  // namespace bellshard
