#include "io/hdf5/handle.hpp"

#include <string>

namespace bellshard::io {
namespace {

herr_t append_entry(unsigned depth, H5E_error2_t const* entry, void* text) {
  auto& out = *static_cast<std::string*>(text);
  constexpr unsigned shown = 4;  // innermost first: the cause stands at the front
  if (depth < shown && entry->desc != nullptr && *entry->desc != '\0') {
    if (!out.empty()) out += "; ";
    out += entry->desc;
  }
  return 0;
}

}  // namespace

void fail_hdf5(char const* call, char const* file, int line) {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, append_entry, &text);
  H5Eclear2(H5E_DEFAULT);
  std::string const name(call, std::string(call).find('('));
  throw Hdf5Error(fmt::format("HDF5: {} [{} at {}:{}]", text.empty() ? "no reason given" : text, name, file, line));
}

void quiet_hdf5() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

}  // namespace bellshard::io
