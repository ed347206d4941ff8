#pragma once
#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "io/element_type.hpp"
#include "src/base/block.hpp"

namespace bellshard::io {

/// A box of a dataset whose elements lie dense in a row-major copy of the block that it was cut from.
struct Slab {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
  std::int64_t offset = 0;  ///< first element, counted from the beginning of the block
};

/// Cuts items [own.begin, own.end) of axis 0 into slabs of at most max_elements, in order; items that are larger than that
/// are cut along the first inner axis that allows it. A scalar (empty shape) with a non-empty block is one slab.
std::vector<Slab> cut(std::vector<std::int64_t> const& shape, Block own, std::int64_t max_elements);

/// The `step`-sized runs of a block, in order.
std::vector<Block> pieces_of(Block own, std::int64_t step);

enum class Transfer { independent, collective };

/// Writes or reads one slab of a dataset; no slab (null) is an empty selection, which still takes part in the transfer.
void write_slab(hid_t dataset, Slab const* slab, ElementType type, void const* data, Transfer transfer);
void read_slab(hid_t dataset, Slab const* slab, ElementType type, void* data, Transfer transfer);

hid_t memory_type(ElementType type);  ///< as it lies in memory; a predefined id, not to be closed
hid_t file_type(ElementType type);    ///< as it lies in the file: little-endian

}  // namespace bellshard::io
