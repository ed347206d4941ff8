#include "tests/fuzz/clang/hdf5_notation.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "src/base/hash.hpp"

namespace bellshard::fuzz {
namespace {

constexpr std::int64_t most_written = 1 << 12;  // elements; of larger datasets nothing is written

std::vector<std::string> words_in(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    auto const end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<std::vector<std::int64_t>> shape_in(std::string_view word) {
  if (word == "null") return std::nullopt;
  std::vector<std::int64_t> shape;
  for (auto const* at = word.data(); at < word.data() + word.size() && shape.size() < 6;) {
    std::int64_t extent = 0;
    auto const [end, failure] = std::from_chars(at, word.data() + word.size(), extent);
    if (failure == std::errc{} && extent >= 0) shape.push_back(extent);
    at = end + (end == at ? 1 : 0);
  }
  return shape;
}

std::string unescaped(std::string const& word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    bool const escape = word[i] == '\\' && i + 1 < word.size() && (word[i + 1] == 'n' || word[i + 1] == 's');
    text += escape ? (word[++i] == 'n' ? '\n' : ' ') : word[i];
  }
  return text;
}

/// Elements, or a number beyond most_written.
std::int64_t elements_of(Hdf5Notation::Values const& values) {
  if (!values.shape) return 0;
  std::int64_t elements = 1;
  for (auto const extent : *values.shape) elements = extent == 0 ? 0 : elements > most_written / extent && elements > 0 ? most_written + 1 : elements * extent;
  return elements;
}

template <class T>
void append(std::vector<char>& bytes, T value) {
  bytes.insert(bytes.end(), reinterpret_cast<char const*>(&value), reinterpret_cast<char const*>(&value) + sizeof value);
}

template <class T>
T whole(std::string const& word) {
  std::int64_t value = 0;
  std::uint64_t large = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), value).ec == std::errc{}) return static_cast<T>(value);
  std::from_chars(word.data(), word.data() + word.size(), large);
  return static_cast<T>(large);
}

/// The elements as they lie in memory. Text and lists point into `texts`.
struct Image {
  hid_t type = -1;
  bool own_type = false;
  std::vector<char> bytes;
  std::vector<std::string> texts;
};

hid_t number_type(std::string const& type) {
  static std::map<std::string, hid_t> const types = {{"i8", H5T_NATIVE_INT8},     {"u8", H5T_NATIVE_UINT8},   {"i16", H5T_NATIVE_INT16}, {"u16", H5T_NATIVE_UINT16},
                                                     {"i32", H5T_NATIVE_INT32},   {"u32", H5T_NATIVE_UINT32}, {"i64", H5T_NATIVE_INT64}, {"u64", H5T_NATIVE_UINT64},
                                                     {"f32", H5T_NATIVE_FLOAT},   {"f64", H5T_NATIVE_DOUBLE}, {"be64", H5T_STD_I64BE},   {"letter", H5T_C_S1},
                                                     {"reference", H5T_STD_REF_OBJ}};
  auto const found = types.find(type);
  return found == types.end() ? -1 : found->second;
}

Image image_of(Hdf5Notation::Values const& values) {
  Image image;
  auto const elements = elements_of(values);
  auto const n = elements > most_written ? 0 : static_cast<std::size_t>(elements);
  auto const& type = values.type;
  auto const word = [&](std::size_t i) { return values.words.empty() ? std::string("0") : values.words[std::min(i, values.words.size() - 1)]; };
  image.type = number_type(type);
  if (image.type < 0) {
    image.own_type = true;
    if (type == "text" || type == "text8") {
      image.type = H5Tcopy(H5T_C_S1);
      H5Tset_size(image.type, type == "text" ? H5T_VARIABLE : 8);
    } else if (type == "enum") {
      image.type = H5Tenum_create(H5T_NATIVE_INT8);
      std::int8_t const one = 1;
      H5Tenum_insert(image.type, "one", &one);
    } else if (type == "pair") {
      image.type = H5Tcreate(H5T_COMPOUND, 16);
      H5Tinsert(image.type, "a", 0, H5T_NATIVE_INT64);
      H5Tinsert(image.type, "b", 8, H5T_NATIVE_DOUBLE);
    } else {
      image.type = H5Tvlen_create(H5T_NATIVE_INT32);
    }
  }
  image.texts.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto const text = word(i);
    if (type == "i8" || type == "u8" || type == "enum") append(image.bytes, whole<std::int8_t>(text));
    else if (type == "i16" || type == "u16") append(image.bytes, whole<std::int16_t>(text));
    else if (type == "i32" || type == "u32") append(image.bytes, whole<std::int32_t>(text));
    else if (type == "i64" || type == "u64" || type == "be64") append(image.bytes, whole<std::int64_t>(text));
    else if (type == "f32") append(image.bytes, std::strtof(text.c_str(), nullptr));
    else if (type == "f64") append(image.bytes, std::strtod(text.c_str(), nullptr));
    else if (type == "letter") append(image.bytes, text[0]);
    else if (type == "reference") append(image.bytes, hobj_ref_t{0});
    else if (type == "text") append(image.bytes, image.texts.emplace_back(unescaped(text)).c_str());
    else if (type == "text8") {
      char fixed[8] = {0};
      auto const plain = unescaped(text);
      std::memcpy(fixed, plain.data(), std::min<std::size_t>(8, plain.size()));
      image.bytes.insert(image.bytes.end(), fixed, fixed + 8);
    } else if (type == "pair") {
      append(image.bytes, whole<std::int64_t>(text));
      append(image.bytes, std::strtod(text.c_str(), nullptr));
    } else {
      auto& list = image.texts.emplace_back(text);
      list.resize(list.size() / 4 * 4 + 4);
      append(image.bytes, hvl_t{list.size() / 4, list.data()});
    }
  }
  return image;
}

hid_t space_of(Hdf5Notation::Values const& values) {
  if (!values.shape) return H5Screate(H5S_NULL);
  if (values.shape->empty()) return H5Screate(H5S_SCALAR);
  std::vector<hsize_t> const extents(values.shape->begin(), values.shape->end());
  return H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
}

void write_attributes(hid_t object, Hdf5Notation::Object const& what) {
  for (auto const& [name, values] : what.attributes) {
    if (elements_of(values) > most_written) continue;
    auto const image = image_of(values);
    auto const space = space_of(values);
    auto const attribute = H5Acreate2(object, name.c_str(), image.type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0) {
      if (!image.bytes.empty()) H5Awrite(attribute, image.type, image.bytes.data());
      H5Aclose(attribute);
    }
    H5Sclose(space);
    if (image.own_type) H5Tclose(image.type);
  }
}

void write_dataset(hid_t file, std::string const& path, Hdf5Notation::Object const& what, hid_t links) {
  auto const image = image_of(what.values);
  auto const space = space_of(what.values);
  auto const creation = H5Pcreate(H5P_DATASET_CREATE);
  bool const large = elements_of(what.values) > most_written;
  if (large) {  // in chunks, of which none is written: a small file that declares much
    std::vector<hsize_t> const chunk(what.values.shape->size(), 16);
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  }
  auto const dataset = H5Dcreate2(file, path.c_str(), image.type, space, links, creation, H5P_DEFAULT);
  if (dataset >= 0) {
    if (!image.bytes.empty()) H5Dwrite(dataset, image.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, image.bytes.data());
    write_attributes(dataset, what);
    H5Dclose(dataset);
  }
  H5Pclose(creation);
  H5Sclose(space);
  if (image.own_type) H5Tclose(image.type);
}

}  // namespace

Hdf5Notation::Object& Hdf5Notation::at(std::string const& path) {
  auto const found = std::find_if(objects.begin(), objects.end(), [&](auto const& object) { return object.first == path; });
  return found != objects.end() ? found->second : objects.emplace_back(path, Object{}).second;
}

Hdf5Notation::Hdf5Notation(std::string_view text) {
  for (std::size_t lines = 0; !text.empty() && lines < 200; ++lines) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const words = words_in(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty()) continue;
    auto const values = [&](std::size_t first) {
      return Values{words[first], shape_in(words[first + 1]), {words.begin() + static_cast<std::ptrdiff_t>(first) + 2, words.end()}};
    };
    if (words[0] == "dataset" && words.size() >= 4) {
      auto& object = at(words[1]);
      object.is_dataset = true;
      object.values = values(2);
    } else if (words[0] == "attribute" && words.size() >= 5) {
      auto& attributes = at(words[1]).attributes;
      std::erase_if(attributes, [&](auto const& known) { return known.first == words[2]; });
      attributes.emplace_back(words[2], values(3));
    } else if (words[0] == "group" && words.size() == 2) {
      at(words[1]);
    } else if (words[0] == "link" && words.size() == 3) {
      at(words[1]).link = words[2];
    } else if (words[0] == "attach" && words.size() == 4) {
      scales.push_back({words[1], words[3], whole<unsigned>(words[2]) % 8});
    } else if (words[0] == "seal") {
      seal();
    }
  }
}

/// The hash of each piece that /checksum lists, and the one of the table.
void Hdf5Notation::seal() {
  auto const find = [&](std::string const& path) -> Object* {
    auto const found = std::find_if(objects.begin(), objects.end(), [&](auto const& object) { return object.first == path; });
    return found == objects.end() || !found->second.is_dataset ? nullptr : &found->second;
  };
  auto const column = [&](char const* name) {
    std::vector<std::int64_t> numbers;
    if (auto const* object = find(std::string("/checksum/") + name)) {
      auto const bytes = image_of({"i64", object->values.shape, object->values.words}).bytes;
      if (bytes.empty()) return numbers;
      numbers.resize(bytes.size() / 8);
      std::memcpy(numbers.data(), bytes.data(), numbers.size() * 8);
    }
    return numbers;
  };
  auto const text_attribute = [&](char const* name) -> std::string {
    for (auto const& [known, values] : at("/checksum").attributes) {
      if (known == name && !values.words.empty()) return unescaped(values.words[0]);
    }
    return {};
  };
  auto const names = text_attribute("variable_names");
  std::vector<std::string> variables;
  for (std::size_t at = 0; at < names.size(); at = names.find('\n', at) == names.npos ? names.size() : names.find('\n', at) + 1) {
    variables.push_back(names.substr(at, names.find('\n', at) - at));
  }
  auto const variable = column("variable"), begin = column("begin"), end = column("end");
  std::vector<std::uint64_t> hashes;
  std::string words;
  for (std::size_t row = 0; row < std::min({variable.size(), begin.size(), end.size()}); ++row) {
    std::uint64_t hash = 0;
    auto const known = variable[row] >= 0 && variable[row] < static_cast<std::int64_t>(variables.size());
    if (auto const* object = known ? find(variables[static_cast<std::size_t>(variable[row])]) : nullptr) {
      auto const image = image_of(object->values);
      auto const items = object->values.shape && !object->values.shape->empty() ? object->values.shape->front() : 1;
      auto const item_bytes = items > 0 ? static_cast<std::int64_t>(image.bytes.size()) / items : 0;
      bool const inside = begin[row] >= 0 && begin[row] <= end[row] && end[row] <= items && !image.own_type;
      if (inside) hash = checksum(image.bytes.data() + begin[row] * item_bytes, static_cast<std::size_t>((end[row] - begin[row]) * item_bytes));
      if (image.own_type) H5Tclose(image.type);
    }
    hashes.push_back(hash);
    words += " " + std::to_string(hash);
  }
  auto& hash = at("/checksum/hash");
  hash.is_dataset = true;
  hash.values = {"u64", std::vector{static_cast<std::int64_t>(hashes.size())}, words_in(words)};
  std::uint64_t const parts[] = {checksum(variable.data(), variable.size() * 8), checksum(begin.data(), begin.size() * 8), checksum(end.data(), end.size() * 8),
                                 checksum(hashes.data(), hashes.size() * 8), checksum(names)};
  auto& attributes = at("/checksum").attributes;
  std::erase_if(attributes, [](auto const& known) { return known.first == "table_hash"; });
  attributes.emplace_back("table_hash", Values{"text", std::vector<std::int64_t>{}, {fmt::format("{:016x}", checksum(parts, sizeof parts))}});
}

void Hdf5Notation::write(std::filesystem::path const& path) const {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  auto const file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (file < 0) std::abort();
  auto const links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  for (auto const& [name, object] : objects) {
    if (!object.link.empty()) {
      H5Lcreate_soft(object.link.c_str(), file, name.c_str(), links, H5P_DEFAULT);
    } else if (object.is_dataset) {
      write_dataset(file, name, object, links);
    } else {
      auto group = H5Gopen2(file, name.c_str(), H5P_DEFAULT);
      if (group < 0) group = H5Gcreate2(file, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT);
      if (group < 0) continue;
      write_attributes(group, object);
      H5Gclose(group);
    }
  }
  for (auto const& [name, scale, axis] : scales) {
    auto const dataset = H5Dopen2(file, name.c_str(), H5P_DEFAULT), of_axis = H5Dopen2(file, scale.c_str(), H5P_DEFAULT);
    if (dataset >= 0 && of_axis >= 0) {
      if (H5DSis_scale(of_axis) <= 0) H5DSset_scale(of_axis, scale.c_str());
      H5DSattach_scale(dataset, of_axis, axis);
    }
    if (dataset >= 0) H5Dclose(dataset);
    if (of_axis >= 0) H5Dclose(of_axis);
  }
  H5Pclose(links);
  H5Fclose(file);
}

}  // namespace bellshard::fuzz
