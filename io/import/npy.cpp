#include "io/import/npy.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "io/import/text_file.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

/// What stands behind 'KEY': in the header, a Python dictionary, up to `end`.
std::string_view entry(std::string_view header, std::string_view key, char end, std::string const& place) {
  auto const found = header.find(key);
  auto const begin = found == std::string_view::npos ? found : header.find_first_not_of(": ", found + key.size() + 1);
  auto const stop = begin == std::string_view::npos ? begin : header.find(end, begin + 1);
  BELLSHARD_INPUT(stop != std::string_view::npos, "{}: its header has no {}; write it with numpy.savez", place, key);
  return header.substr(begin, stop - begin);
}

/// '<f8: byte order, kind, bytes.
struct ElementLayout {
  bool big_endian;
  char kind;
  std::size_t bytes;
};

ElementLayout layout_of(std::string_view descr, std::string const& place) {
  bool const known = descr.size() == 5 && descr[0] == '\'' && std::string_view("<>|=").find(descr[1]) != std::string_view::npos &&
                     std::string_view("fiub").find(descr[2]) != std::string_view::npos && descr[3] >= '1' && descr[3] <= '8';
  BELLSHARD_INPUT(known, "{}: its type {} is none that is read; store real numbers, integers or bools (an array of objects hides sparse matrices: store their data, indices and indptr)",
                  place, descr);
  return {descr[1] == '>', descr[2], static_cast<std::size_t>(descr[3] - '0')};
}

double element(std::byte const* at, ElementLayout layout) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < layout.bytes; ++i) {
    auto const byte = static_cast<std::uint64_t>(at[layout.big_endian ? i : layout.bytes - 1 - i]);
    bits = bits << 8 | byte;
  }
  if (layout.kind == 'f') return layout.bytes == 8 ? std::bit_cast<double>(bits) : std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  if (layout.kind != 'i') return static_cast<double>(bits);
  auto const unused = 64 - 8 * layout.bytes;
  return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

/// First index running fastest to last index running fastest.
std::vector<double> row_major(std::vector<double> const& value, std::vector<std::int64_t> const& shape) {
  std::vector<double> result;
  result.reserve(value.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::int64_t from = 0;
    for (std::size_t d = shape.size(); d-- > 0;) from = from * shape[d] + index[d];
    result.push_back(value[static_cast<std::size_t>(from)]);
    for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) index[d] = 0;
  }
  return result;
}

}  // namespace

NumpyArray parse_npy(std::span<std::byte const> bytes, std::string const& place) {
  std::string_view const text(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  BELLSHARD_INPUT(text.size() > 12 && text.starts_with("\x93NUMPY"), "{}: is no NumPy array; write it with numpy.savez", place);
  auto const byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
  bool const first_format = byte(6) == 1;
  auto const head = first_format ? std::size_t{10} : std::size_t{12};
  auto length = byte(8) | byte(9) << 8;
  if (!first_format) length |= byte(10) << 16 | byte(11) << 24;
  BELLSHARD_INPUT(text.size() >= head + length, "{}: is truncated; make or copy it again", place);
  auto const header = text.substr(head, length);

  NumpyArray array;
  std::string const name = place;
  auto const layout = layout_of(entry(header, "'descr'", ',', name), name);
  BELLSHARD_INPUT(layout.kind != 'f' || layout.bytes == 4 || layout.bytes == 8, "{}: holds float{} numbers; store float32 or float64", place, 8 * layout.bytes);
  bool const fortran = entry(header, "'fortran_order'", ',', name) == "True";
  std::int64_t elements = 1;
  auto const room = static_cast<std::int64_t>((text.size() - head - length) / layout.bytes);
  for (auto const extent : parts_of(entry(header, "'shape'", ')', name).substr(1), ',')) {
    if (extent.empty()) continue;  // (3,)
    std::int64_t n = 0;
    for (char const digit : extent) {
      BELLSHARD_INPUT(digit >= '0' && digit <= '9' && n <= room, "{}: its shape has the item \"{}\"; no such array", place, extent);
      n = 10 * n + (digit - '0');
    }
    BELLSHARD_INPUT(n == 0 || elements <= room / n, "{}: is truncated; make or copy it again", place);
    elements *= n;
    array.shape.push_back(n);
  }
  BELLSHARD_INPUT(elements <= room, "{}: is truncated; make or copy it again", place);  // one number, of no axis
  array.value.reserve(static_cast<std::size_t>(elements));
  auto const* at = bytes.data() + head + length;
  for (std::int64_t i = 0; i < elements; ++i, at += layout.bytes) array.value.push_back(element(at, layout));
  if (fortran && array.shape.size() > 1) array.value = row_major(array.value, array.shape);
  return array;
}

}  // namespace bellshard::io
