#include "io/hdf5/slab.hpp"

#include <algorithm>
#include <numeric>

#include "io/hdf5/handle.hpp"

namespace bellshard::io {
namespace {

struct Selection {
  SpaceHandle file;
  SpaceHandle memory;
  PropertyHandle transfer;
};

Selection select(hid_t dataset, Slab const* slab, Transfer transfer) {
  Selection s;
  s.file = SpaceHandle(BELLSHARD_H5(H5Dget_space(dataset)));
  s.transfer = PropertyHandle(BELLSHARD_H5(H5Pcreate(H5P_DATASET_XFER)));
  if (transfer == Transfer::collective) BELLSHARD_H5(H5Pset_dxpl_mpio(s.transfer, H5FD_MPIO_COLLECTIVE));
  hsize_t const elements =
      slab == nullptr ? 1 : std::accumulate(slab->count.begin(), slab->count.end(), hsize_t{1}, std::multiplies<>{});
  s.memory = SpaceHandle(BELLSHARD_H5(H5Screate_simple(1, &elements, nullptr)));
  if (slab == nullptr) {
    BELLSHARD_H5(H5Sselect_none(s.file));
    BELLSHARD_H5(H5Sselect_none(s.memory));
  } else if (!slab->count.empty()) {
    BELLSHARD_H5(H5Sselect_hyperslab(s.file, H5S_SELECT_SET, slab->start.data(), nullptr, slab->count.data(), nullptr));
  }
  return s;
}

}  // namespace

std::vector<Slab> cut(std::vector<std::int64_t> const& shape, Block own, std::int64_t max_elements) {
  std::vector<Slab> slabs;
  if (own.empty()) return slabs;
  if (shape.empty()) return {Slab{}};

  // The axis to cut along: everything inside it fits into one slab.
  std::size_t axis = 0;
  std::int64_t inner = std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>{});
  if (inner == 0) return slabs;
  while (inner > max_elements && axis + 1 < shape.size()) inner /= shape[++axis];

  auto const outer = [&](std::size_t d) { return d == 0 ? own : Block{0, shape[d]}; };
  std::vector<std::int64_t> at(axis + 1);
  for (std::size_t d = 0; d <= axis; ++d) at[d] = outer(d).begin;
  auto const step = std::max<std::int64_t>(1, max_elements / inner);
  std::int64_t offset = 0;
  for (bool more = true; more;) {
    auto const length = std::min(step, outer(axis).end - at[axis]);
    Slab slab;
    slab.offset = offset;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      slab.start.push_back(d <= axis ? static_cast<hsize_t>(at[d]) : 0);
      slab.count.push_back(static_cast<hsize_t>(d < axis ? 1 : d == axis ? length : shape[d]));
    }
    slabs.push_back(std::move(slab));
    offset += length * inner;
    at[axis] += length;
    more = at[axis] < outer(axis).end;
    for (std::size_t d = axis; !more && d > 0; --d) {  // carry into the axis outside
      at[d] = outer(d).begin;
      more = ++at[d - 1] < outer(d - 1).end;
    }
  }
  return slabs;
}

std::vector<Block> pieces_of(Block own, std::int64_t step) {
  std::vector<Block> pieces;
  for (auto at = own.begin; at < own.end; at += step) pieces.push_back({at, std::min(own.end, at + step)});
  return pieces;
}

void write_slab(hid_t dataset, Slab const* slab, ElementType type, void const* data, Transfer transfer) {
  auto const s = select(dataset, slab, transfer);
  char const nothing = 0;  // HDF5 refuses a null buffer even for an empty selection
  BELLSHARD_H5(H5Dwrite(dataset, memory_type(type), s.memory, s.file, s.transfer, slab != nullptr ? data : &nothing));
}

void read_slab(hid_t dataset, Slab const* slab, ElementType type, void* data, Transfer transfer) {
  auto const s = select(dataset, slab, transfer);
  char nothing = 0;
  BELLSHARD_H5(H5Dread(dataset, memory_type(type), s.memory, s.file, s.transfer, slab != nullptr ? data : &nothing));
}

hid_t memory_type(ElementType type) {
  switch (type) {
    case ElementType::uint8: return H5T_NATIVE_UINT8;
    case ElementType::int8: return H5T_NATIVE_INT8;
    case ElementType::uint16: return H5T_NATIVE_UINT16;
    case ElementType::int16: return H5T_NATIVE_INT16;
    case ElementType::uint32: return H5T_NATIVE_UINT32;
    case ElementType::int32: return H5T_NATIVE_INT32;
    case ElementType::int64: return H5T_NATIVE_INT64;
    case ElementType::uint64: return H5T_NATIVE_UINT64;
    case ElementType::float32: return H5T_NATIVE_FLOAT;
    case ElementType::letter: return H5T_C_S1;
    case ElementType::float64: break;
  }
  return H5T_NATIVE_DOUBLE;
}

hid_t file_type(ElementType type) {
  switch (type) {
    case ElementType::uint8: return H5T_STD_U8LE;
    case ElementType::int8: return H5T_STD_I8LE;
    case ElementType::uint16: return H5T_STD_U16LE;
    case ElementType::int16: return H5T_STD_I16LE;
    case ElementType::uint32: return H5T_STD_U32LE;
    case ElementType::int32: return H5T_STD_I32LE;
    case ElementType::int64: return H5T_STD_I64LE;
    case ElementType::uint64: return H5T_STD_U64LE;
    case ElementType::float32: return H5T_IEEE_F32LE;
    case ElementType::letter: return H5T_C_S1;  // of length one, netCDF's character; longer ones are not for netCDF readers
    case ElementType::float64: break;
  }
  return H5T_IEEE_F64LE;
}

}  // namespace bellshard::io
