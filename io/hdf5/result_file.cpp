#include "io/hdf5/result_file.hpp"

#include <fmt/format.h>

#include <cstring>
#include <set>

#include "io/hdf5/run_file.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

constexpr char const* whole = "/results";

template <class T>
ShardedArray same_everywhere(std::string const& name, std::vector<std::int64_t> shape, T const* data, Unit const& unit,
                             std::string const& long_name) {
  auto const items = shape.empty() ? 1 : shape[0];
  ShardedArray array{name, element_type<T>(), std::move(shape), {0, items}, true, unit.text, long_name};
  array.fetch = [data](Block piece, void* host) {
    std::memcpy(host, data + piece.begin, static_cast<std::size_t>(piece.size()) * sizeof(T));
  };
  return array;
}

}  // namespace

struct ResultFile::Impl {
  MPI_Comm comm;
  RunFile file;
  std::string results;          ///< the group that is written to
  std::string trace;
  std::set<std::string> made;   ///< groups
};

ResultFile::ResultFile(MPI_Comm comm, std::filesystem::path path, RunRecord const& record, StreamLimits limits)
    : impl_(new Impl{comm, RunFile(comm, std::move(path), record, limits), whole, "/trace", {}}) {
  impl_->file.group(whole);
}

ResultFile::~ResultFile() = default;

void ResultFile::enter(std::string const& name) {
  impl_->results = name.empty() ? whole : fmt::format("{}/{}", whole, name);
  impl_->trace = name.empty() ? "/trace" : "/trace/" + name;
  if (!name.empty() && impl_->made.insert(impl_->results).second) impl_->file.group(impl_->results);
}

Axis ResultFile::axis(std::string const& name, std::span<double const> values, Unit unit, std::string const& long_name) {
  auto const n = static_cast<std::int64_t>(values.size());
  return {name, n, impl_->file.scale(impl_->results, same_everywhere(name, {n}, values.data(), unit, long_name))};
}

Axis ResultFile::axis(std::string const& name, std::int64_t size, std::string const& long_name) {
  return {name, size, impl_->file.counting_scale(impl_->results, name, size, 0, long_name)};
}

Axis ResultFile::bare_axis(std::string const& name, std::int64_t size) { return {name, size, impl_->file.bare_scale(impl_->results, name, size)}; }

Axis ResultFile::axis(std::string const& name, std::vector<std::string> const& names, std::string const& long_name) {
  auto const result = axis(name, static_cast<std::int64_t>(names.size()), long_name);
  Block const all{0, result.size};
  bool const root = rank_of(impl_->comm) == 0;
  this->names(result, name + "_name", root ? all : Block{}, root ? names : std::vector<std::string>{}, long_name + ", names");
  return result;
}

void ResultFile::names(Axis const& axis, std::string const& table, Block own, std::vector<std::string> const& names,
                       std::string const& long_name, int deflate) {
  impl_->file.names(impl_->results, axis.scale_id, table, own, names, long_name, deflate);
}

void ResultFile::write(ShardedArray const& array, std::vector<Axis> const& axes, Flags const& flags, int deflate) {
  std::vector<std::int64_t> scales;
  std::vector<std::int64_t> shape;
  for (auto const& axis : axes) {
    scales.push_back(axis.scale_id);
    shape.push_back(axis.size);
  }
  if (shape != array.shape) {
    fail(ExitCode::bug, "variable {} does not have the shape of its axes (a bug in the job that writes it)", array.name);
  }
  impl_->file.write(impl_->results, array, scales, {flags.values, flags.meanings, deflate});
}

void ResultFile::write(std::string const& name, double value, Unit unit, std::string const& long_name) {
  impl_->file.write(impl_->results, same_everywhere(name, {}, &value, unit, long_name), {});
}

void ResultFile::write(std::string const& name, std::int64_t value, Unit unit, std::string const& long_name) {
  impl_->file.write(impl_->results, same_everywhere(name, {}, &value, unit, long_name), {});
}

void ResultFile::attribute(std::string const& name, std::string const& value) { impl_->file.attribute(impl_->results, name, value); }
void ResultFile::attribute(std::string const& name, double value) { impl_->file.attribute(impl_->results, name, value); }
void ResultFile::write(Trace const& trace) {
  if (impl_->trace != "/trace" && impl_->made.insert("/trace").second) impl_->file.group("/trace");
  impl_->file.write(trace, impl_->trace);
}
void ResultFile::commit() { impl_->file.commit(); }

ShardedArray ResultFile::host_array(std::string const& name, std::vector<Axis> const& axes, Block own, void const* data,
                                    ElementType type, Unit const& unit, std::string const& long_name) {
  ShardedArray array{name, type, {}, own, false, unit.text, long_name};
  for (auto const& axis : axes) array.shape.push_back(axis.size);
  auto const item_bytes = static_cast<std::size_t>(item_elements(array)) * bytes_of(type);
  array.fetch = [data, item_bytes, begin = own.begin](Block items, void* host) {
    std::memcpy(host, static_cast<char const*>(data) + static_cast<std::size_t>(items.begin - begin) * item_bytes,
                static_cast<std::size_t>(items.size()) * item_bytes);
  };
  return array;
}

}  // namespace bellshard::io
