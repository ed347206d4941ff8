#include "io/mdp/name_table.hpp"

#include "src/base/error.hpp"

namespace bellshard::io {

NameTable pack_names(std::vector<std::string> const& names) {
  NameTable table;
  for (auto const& name : names) {
    table.bytes.insert(table.bytes.end(), name.begin(), name.end());
    table.offset.push_back(static_cast<std::int64_t>(table.bytes.size()));
  }
  return table;
}

std::vector<std::string> unpack_names(NameTable const& table, std::string const& field) {
  BELLSHARD_INPUT(!table.offset.empty() && table.offset[0] == 0, "{}: the offsets do not start with 0", field);
  std::vector<std::string> names;
  names.reserve(table.offset.size() - 1);
  for (std::size_t i = 1; i < table.offset.size(); ++i) {
    auto const begin = table.offset[i - 1], end = table.offset[i];
    BELLSHARD_INPUT(end >= begin && end <= static_cast<std::int64_t>(table.bytes.size()),
                    "{}: offset [{}] = {} does not lie between the one before it, {}, and the number of bytes, {}", field, i, end, begin,
                    table.bytes.size());
    names.emplace_back(table.bytes.begin() + begin, table.bytes.begin() + end);
  }
  return names;
}

}  // namespace bellshard::io
