// The part of RunFile that writes groups, scales, variables and attributes.
#include <hdf5_hl.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/read_mode.hpp"
#include "io/hdf5/run_file_impl.hpp"
#include "io/hdf5/stream.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/hash.hpp"

namespace bellshard::io {
namespace {

constexpr std::int64_t packed_from = 1 << 16;  // items of a scale without values

/// Chunks of about 1 MiB that hold whole items where these are smaller.
std::vector<hsize_t> chunk_of(std::vector<std::int64_t> const& shape, std::size_t element_bytes) {
  std::vector<hsize_t> chunk(shape.size());
  auto left = std::max<std::int64_t>(1, (std::int64_t{1} << 20) / static_cast<std::int64_t>(element_bytes));
  for (std::size_t d = shape.size(); d-- > 0;) {
    chunk[d] = static_cast<hsize_t>(std::clamp<std::int64_t>(left, 1, std::max<std::int64_t>(1, shape[d])));
    left /= static_cast<std::int64_t>(chunk[d]);
  }
  return chunk;
}

std::string joined(std::vector<std::string> const& words) {
  std::string text;
  for (auto const& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void describe(hid_t dataset, ElementType type, std::string const& unit, std::string const& long_name, VariableStyle const& style) {
  write_attribute(dataset, "long_name", long_name);
  write_attribute(dataset, "units", unit);
  if (style.flag_values.empty()) return;
  write_attribute(dataset, "flag_values", style.flag_values, file_type(type));
  write_attribute(dataset, "flag_meanings", joined(style.flag_meanings));
}

std::size_t elements_of(std::vector<std::int64_t> const& shape) {
  return static_cast<std::size_t>(std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>{}));
}

ObjectHandle open_object(hid_t file, std::string const& name) {
  return ObjectHandle(BELLSHARD_H5(H5Oopen(file, name.c_str(), H5P_DEFAULT)));
}

}  // namespace

DatasetHandle RunFile::Impl::create(std::string const& path, hid_t type, std::vector<std::int64_t> const& shape, int deflate) const {
  std::vector<hsize_t> const extents(shape.begin(), shape.end());
  SpaceHandle const space(shape.empty() ? BELLSHARD_H5(H5Screate(H5S_SCALAR))
                                        : BELLSHARD_H5(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr)));
  PropertyHandle const creation(BELLSHARD_H5(H5Pcreate(H5P_DATASET_CREATE)));
  BELLSHARD_H5(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER));
  if (deflate > 0) {
    BELLSHARD_H5(H5Pset_chunk(creation, static_cast<int>(shape.size()), chunk_of(shape, H5Tget_size(type)).data()));
    BELLSHARD_H5(H5Pset_shuffle(creation));
    BELLSHARD_H5(H5Pset_deflate(creation, static_cast<unsigned>(deflate)));
  }
  return DatasetHandle(BELLSHARD_H5(H5Dcreate2(file, path.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
}

void RunFile::Impl::attach(hid_t dataset, std::vector<std::int64_t> const& scale_ids) const {
  std::vector<std::string> names;
  for (std::size_t d = 0; d < scale_ids.size(); ++d) {
    auto const& scale = scales[static_cast<std::size_t>(scale_ids[d])];
    BELLSHARD_H5(H5DSattach_scale(dataset, scale.dataset, static_cast<unsigned>(d)));
    names.insert(names.end(), scale.coordinates.begin(), scale.coordinates.end());
  }
  if (!names.empty()) write_attribute(dataset, "coordinates", joined(names));
}

std::int64_t RunFile::Impl::keep_scale(DatasetHandle dataset, char const* name, std::int64_t size) {
  BELLSHARD_H5(H5DSset_scale(dataset, name));
  scales.push_back({std::move(dataset), size});
  return static_cast<std::int64_t>(scales.size()) - 1;
}

void RunFile::group(std::string const& name) {
  impl_->step([&] {
    PropertyHandle const creation(BELLSHARD_H5(H5Pcreate(H5P_GROUP_CREATE)));
    BELLSHARD_H5(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    GroupHandle(BELLSHARD_H5(H5Gcreate2(impl_->file, name.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT)));
  });
}

std::int64_t RunFile::scale(std::string const& group, ShardedArray const& values, VariableStyle const& style) {
  write(group, values, {}, style);
  std::int64_t id = 0;
  impl_->step([&] {
    auto const path = group + "/" + values.name;
    id = impl_->keep_scale(DatasetHandle(BELLSHARD_H5(H5Dopen2(impl_->file, path.c_str(), H5P_DEFAULT))), values.name.c_str(),
                           values.shape[0]);
  });
  return id;
}

std::int64_t RunFile::counting_scale(std::string const& group, std::string const& name, std::int64_t size, std::int64_t first,
                                     std::string const& long_name) {
  auto const ranks = ranks_of(impl_->comm);
  auto const share = [&](int rank) { return size / ranks * rank + std::min<std::int64_t>(rank, size % ranks); };
  ShardedArray values{name, ElementType::int64, {size}, {share(impl_->rank), share(impl_->rank + 1)}};
  values.long_name = long_name;
  values.fetch = [first](Block items, void* host) {
    auto* const out = static_cast<std::int64_t*>(host);
    std::iota(out, out + items.size(), items.begin + first);
  };
  return scale(group, values);
}

std::int64_t RunFile::bare_scale(std::string const& group, std::string const& name, std::int64_t size) {
  std::int64_t id = 0;
  impl_->step([&] {
    // The words by which netCDF knows a dimension that is no variable. One byte an item, never written: packed, long ones are next to nothing.
    auto const mark = fmt::format("{}.{:10}", netcdf_dimension, size);
    id = impl_->keep_scale(impl_->create(group + "/" + name, H5T_STD_I8LE, {size}, size > packed_from ? 1 : 0), mark.c_str(), size);
  });
  return id;
}

void RunFile::names(std::string const& group, std::int64_t scale, std::string const& name, Block own, std::vector<std::string> const& names,
                    std::string const& long_name, int deflate) {
  std::int64_t width = 1;
  for (auto const& item : names) width = std::max(width, static_cast<std::int64_t>(item.size()));
  width = largest(impl_->comm, width);
  auto const letters = bare_scale(group, name + "_length", width);
  auto const size = impl_->scales[static_cast<std::size_t>(scale)].size;
  ShardedArray table{name, ElementType::letter, {size, width}, own, false, "1", long_name};
  table.fetch = [&](Block items, void* host) {
    auto* const text = static_cast<char*>(host);
    std::fill_n(text, items.size() * width, '\0');
    for (auto i = items.begin; i < items.end; ++i) std::ranges::copy(names[static_cast<std::size_t>(i - own.begin)], text + (i - items.begin) * width);
  };
  write(group, table, {scale, letters}, {{}, {}, deflate});
  attribute(group + "/" + name, "_Encoding", std::string("utf-8"));
  coordinate(scale, name);
}

void RunFile::coordinate(std::int64_t scale, std::string const& variable) { impl_->scales[static_cast<std::size_t>(scale)].coordinates.push_back(variable); }

void RunFile::write(std::string const& group, ShardedArray const& array, std::vector<std::int64_t> const& scales,
                    VariableStyle const& style) {
  bool const filtered = style.deflate > 0 && !array.shape.empty() && collective_reads_trusted();  // filters read back what they share
  auto const path = group + "/" + array.name;
  DatasetHandle dataset;
  impl_->step([&] { impl_->plan(bytes_of(array.type) * elements_of(array.shape)); });
  impl_->step([&] {
    dataset = impl_->create(path, file_type(array.type), array.shape, filtered ? style.deflate : 0);
    describe(dataset, array.type, array.unit, array.long_name, style);
    impl_->attach(dataset, scales);
  });
  auto const number = static_cast<std::int64_t>(impl_->variables.size());
  impl_->variables.push_back(path);
  PieceSeen note;
  if (impl_->checksums == Checksums::every_piece) {
    note = [&](Block items, void const* data, std::size_t bytes) { impl_->pieces.push_back({number, items, checksum(data, bytes)}); };
  }
  impl_->step([&] {
    stream_out(impl_->comm, dataset, array, impl_->limits, filtered ? Transfer::collective : Transfer::independent, note);
  });
  impl_->passed("written");
}

void RunFile::write(Trace const& trace, std::string const& group) {
  this->group(group);
  auto const rows = trace.empty() ? 0 : static_cast<std::int64_t>(trace[0].values.size());
  auto const sweep = counting_scale(group, "sweep", rows, 1, "sweep");
  std::vector<std::string> names;
  for (auto const& column : trace) {
    ShardedArray array{column.name, ElementType::float64, {rows}, {0, rows}, true, column.unit, column.long_name};
    array.fetch = [&column](Block items, void* host) {
      std::memcpy(host, column.values.data() + items.begin, static_cast<std::size_t>(items.size()) * sizeof(double));
    };
    write(group, array, {sweep});
    names.push_back(column.name);
  }
  attribute(group, "columns", joined(names));
}

void RunFile::attribute(std::string const& object, std::string const& name, std::string const& value) {
  auto const agreed = from_root(impl_->comm, value);
  impl_->step([&] {
    if (agreed.size() > 1000) impl_->plan(agreed.size());
  });
  impl_->step([&] { write_attribute(open_object(impl_->file, object), name.c_str(), agreed); });
}

void RunFile::attribute(std::string const& object, std::string const& name, double value) {
  auto const agreed = from_root(impl_->comm, value);
  impl_->step([&] { write_attribute(open_object(impl_->file, object), name.c_str(), agreed); });
}

void RunFile::attribute(std::string const& object, std::string const& name, std::int64_t value) {
  auto const agreed = from_root(impl_->comm, value);
  impl_->step([&] { write_attribute(open_object(impl_->file, object), name.c_str(), agreed); });
}

}  // namespace bellshard::io
