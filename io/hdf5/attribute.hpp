#pragma once
#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellshard::io {

/// What netCDF begins the attribute NAME of a dimension with that is no variable.
inline constexpr char const* netcdf_dimension = "This is a netCDF dimension but not a netCDF variable";

/// Attributes of an open object. Text is stored as one UTF-8 string of fixed length, which every reader takes.
/// Writing is collective, and every rank must pass the same.
void write_attribute(hid_t object, char const* name, std::string const& value);
void write_attribute(hid_t object, char const* name, double value);
void write_attribute(hid_t object, char const* name, std::int64_t value);
/// Values stored with the type of the variable that they describe (CF asks for that in flag_values).
void write_attribute(hid_t object, char const* name, std::span<int const> values, hid_t stored_as);

/// Empty where there is none, or none of that kind.
std::optional<std::string> read_text_attribute(hid_t object, char const* name);
std::vector<double> read_number_attribute(hid_t object, char const* name);
std::vector<std::string> attribute_names(hid_t object);

/// Text from what H5Aread or H5Dread put into a buffer of one element or more: stops at the first zero byte.
std::string_view text_until_zero(char const* data, std::size_t bytes);

}  // namespace bellshard::io
