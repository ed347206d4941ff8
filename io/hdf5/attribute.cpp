#include "io/hdf5/attribute.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "io/hdf5/handle.hpp"

namespace bellshard::io {
namespace {

AttributeHandle create(hid_t object, char const* name, hid_t type, hid_t space) {
  return AttributeHandle(BELLSHARD_H5(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)));
}

SpaceHandle scalar() { return SpaceHandle(BELLSHARD_H5(H5Screate(H5S_SCALAR))); }

std::optional<AttributeHandle> open(hid_t object, char const* name) {
  if (BELLSHARD_H5(H5Aexists(object, name)) == 0) return std::nullopt;
  return AttributeHandle(BELLSHARD_H5(H5Aopen(object, name, H5P_DEFAULT)));
}

}  // namespace

void write_attribute(hid_t object, char const* name, std::string const& value) {
  TypeHandle const type(BELLSHARD_H5(H5Tcopy(H5T_C_S1)));
  BELLSHARD_H5(H5Tset_size(type, std::max<std::size_t>(1, value.size())));
  BELLSHARD_H5(H5Tset_strpad(type, H5T_STR_NULLPAD));
  BELLSHARD_H5(H5Tset_cset(type, H5T_CSET_UTF8));
  BELLSHARD_H5(H5Awrite(create(object, name, type, scalar()), type, value.c_str()));
}

void write_attribute(hid_t object, char const* name, double value) {
  BELLSHARD_H5(H5Awrite(create(object, name, H5T_IEEE_F64LE, scalar()), H5T_NATIVE_DOUBLE, &value));
}

void write_attribute(hid_t object, char const* name, std::int64_t value) {
  BELLSHARD_H5(H5Awrite(create(object, name, H5T_STD_I64LE, scalar()), H5T_NATIVE_INT64, &value));
}

void write_attribute(hid_t object, char const* name, std::span<int const> values, hid_t stored_as) {
  hsize_t const n = values.size();
  SpaceHandle const space(BELLSHARD_H5(H5Screate_simple(1, &n, nullptr)));
  BELLSHARD_H5(H5Awrite(create(object, name, stored_as, space), H5T_NATIVE_INT, values.data()));
}

std::string_view text_until_zero(char const* data, std::size_t bytes) { return {data, strnlen(data, bytes)}; }

std::optional<std::string> read_text_attribute(hid_t object, char const* name) {
  auto const attribute = open(object, name);
  if (!attribute) return std::nullopt;
  TypeHandle const type(BELLSHARD_H5(H5Aget_type(*attribute)));
  SpaceHandle const space(BELLSHARD_H5(H5Aget_space(*attribute)));
  auto const elements = BELLSHARD_H5(H5Sget_simple_extent_npoints(space));
  if (H5Tget_class(type) != H5T_STRING || elements < 1) return std::nullopt;
  if (BELLSHARD_H5(H5Tis_variable_str(type)) > 0) {
    std::vector<char*> texts(static_cast<std::size_t>(elements), nullptr);
    BELLSHARD_H5(H5Aread(*attribute, type, texts.data()));
    std::string const text = texts[0] != nullptr ? texts[0] : "";
    BELLSHARD_H5(H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()));
    return text;
  }
  auto const width = H5Tget_size(type);
  std::vector<char> bytes(width * static_cast<std::size_t>(elements));
  BELLSHARD_H5(H5Aread(*attribute, type, bytes.data()));
  return std::string(text_until_zero(bytes.data(), width));
}

std::vector<double> read_number_attribute(hid_t object, char const* name) {
  auto const attribute = open(object, name);
  if (!attribute) return {};
  TypeHandle const type(BELLSHARD_H5(H5Aget_type(*attribute)));
  SpaceHandle const space(BELLSHARD_H5(H5Aget_space(*attribute)));
  auto const kind = H5Tget_class(type);
  auto const elements = BELLSHARD_H5(H5Sget_simple_extent_npoints(space));
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || elements < 1) return {};
  std::vector<double> values(static_cast<std::size_t>(elements));
  BELLSHARD_H5(H5Aread(*attribute, H5T_NATIVE_DOUBLE, values.data()));
  return values;
}

std::vector<std::string> attribute_names(hid_t object) {
  std::vector<std::string> names;
  H5O_info_t info;
  BELLSHARD_H5(H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS));
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    auto const name = [&](char* text, std::size_t bytes) {
      return BELLSHARD_H5(H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, text, bytes, H5P_DEFAULT));
    };
    std::string text(static_cast<std::size_t>(name(nullptr, 0)), '\0');
    name(text.data(), text.size() + 1);
    names.push_back(std::move(text));
  }
  return names;
}

}  // namespace bellshard::io
