#include "io/hdf5/input_file.hpp"

#include <fmt/ranges.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/meeting.hpp"
#include "io/hdf5/read_mode.hpp"
#include "io/hdf5/stream.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/fault.hpp"

namespace bellshard::io {
namespace {

FileHandle open_file(MPI_Comm comm, std::filesystem::path const& path) {
  PropertyHandle const access(BELLSHARD_H5(H5Pcreate(H5P_FILE_ACCESS)));
  BELLSHARD_H5(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL));
  return FileHandle(BELLSHARD_H5(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access)));
}

/// One rank looks first, by itself: what is wrong with the path can then be said in words.
void inspect(std::filesystem::path const& path) {
  std::error_code code;
  auto const status = std::filesystem::status(path, code);
  BELLSHARD_INPUT(std::filesystem::exists(status), "{}: there is no such file; check the path (it counts from the working directory)",
                  path.string());
  BELLSHARD_INPUT(!std::filesystem::is_directory(status), "{}: is a folder; name an HDF5 file in it", path.string());
  std::ifstream in(path, std::ios::binary);
  BELLSHARD_INPUT(in.good(), "{}: cannot be read: {}; check its permissions", path.string(), std::strerror(errno));
  char head[8] = {0};
  in.read(head, sizeof head);
  BELLSHARD_INPUT(std::memcmp(head, "CDF", 3) != 0,
                  "{}: is a classic netCDF file, which HDF5 does not read; convert it with: nccopy -k netCDF-4 IN OUT", path.string());
  try {
    open_file(MPI_COMM_SELF, path);
  } catch (Hdf5Error const& error) {
    bool const signed_hdf5 = std::memcmp(head, "\211HDF\r\n\032\n", sizeof head) == 0;
    BELLSHARD_INPUT(signed_hdf5, "{}: is no HDF5 file; give an HDF5 or netCDF-4 file", path.string());
    fail(ExitCode::bad_input, "{}: is truncated or damaged ({}); make or copy it again", path.string(), error.what());
  }
}

ElementType element_type_of(hid_t type, std::string const& where) {
  auto const kind = H5Tget_class(type);
  auto const bytes = H5Tget_size(type);
  bool const is_signed = kind == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2;
  if (kind == H5T_FLOAT && bytes == 4) return ElementType::float32;
  if (kind == H5T_FLOAT && bytes == 8) return ElementType::float64;
  if (kind == H5T_INTEGER && bytes == 1) return is_signed ? ElementType::int8 : ElementType::uint8;
  if (kind == H5T_INTEGER && bytes == 2) return is_signed ? ElementType::int16 : ElementType::uint16;
  if (kind == H5T_INTEGER && bytes == 4) return is_signed ? ElementType::int32 : ElementType::uint32;
  if (kind == H5T_INTEGER && bytes == 8) return is_signed ? ElementType::int64 : ElementType::uint64;
  fail(ExitCode::bad_input,
       "{}: its element type is none that Bellshard reads; store it as an integer of 1, 2, 4 or 8 bytes, float32 or float64", where);
}

std::vector<std::int64_t> extents_of(hid_t dataset) {
  SpaceHandle const space(BELLSHARD_H5(H5Dget_space(dataset)));
  std::vector<hsize_t> extents(static_cast<std::size_t>(BELLSHARD_H5(H5Sget_simple_extent_ndims(space))));
  BELLSHARD_H5(H5Sget_simple_extent_dims(space, extents.data(), nullptr));
  return {extents.begin(), extents.end()};
}

/// Bytes, as if no extent were 0; or more than any file has.
double largest_bytes(std::vector<std::int64_t> const& extents, std::size_t element_bytes) {
  auto bytes = static_cast<double>(element_bytes);
  for (auto const extent : extents) bytes *= extent < 0 ? 1e30 : static_cast<double>(std::max<std::int64_t>(1, extent));
  return bytes;
}

/// Does a dimension's list of scales have the type and length that HDF5's own reader of it takes for granted?
bool has_scale_list(hid_t dataset, std::size_t axes) {
  constexpr char const* list = "DIMENSION_LIST";
  if (BELLSHARD_H5(H5Aexists(dataset, list)) == 0) return false;
  AttributeHandle const attribute(BELLSHARD_H5(H5Aopen(dataset, list, H5P_DEFAULT)));
  TypeHandle const type(BELLSHARD_H5(H5Aget_type(attribute)));
  SpaceHandle const space(BELLSHARD_H5(H5Aget_space(attribute)));
  if (H5Tget_class(type) != H5T_VLEN || BELLSHARD_H5(H5Sget_simple_extent_npoints(space)) != static_cast<hssize_t>(axes)) return false;
  TypeHandle const item(BELLSHARD_H5(H5Tget_super(type)));
  return H5Tequal(item, H5T_STD_REF_OBJ) > 0;
}

}  // namespace

struct InputFile::Impl {
  MPI_Comm comm;
  std::filesystem::path path;
  StreamLimits limits;
  Transfer transfer;
  Meeting meeting;
  FileHandle file = {};
  int failures_before = std::uncaught_exceptions();

  /// Closing waits for all ranks, which do not come where this one failed by itself.
  ~Impl() {
    bool const failed = std::uncaught_exceptions() > failures_before;
    if (failed && !meeting.all_come(patience_on_failure)) file.release();
  }

  std::string where(std::string const& object) const { return object.empty() ? path.string() : path.string() + ":" + object; }

  void step(std::string const& object, std::function<void()> const& part) const {
    together(
        comm,
        [&](Hdf5Error const& error) {
          return Error(ExitCode::bad_input,
                       fmt::format("{}: cannot be read ({}); the file may be damaged: make or copy it again", where(object), error.what()));
        },
        part);
  }

  /// H5Lexists wants every group on the way to exist.
  bool exists(std::string const& object) const {
    for (std::size_t at = object.starts_with('/') ? 1 : 0; at < object.size();) {
      at = std::min(object.find('/', at), object.size());
      if (BELLSHARD_H5(H5Lexists(file, object.substr(0, at).c_str(), H5P_DEFAULT)) == 0) return false;
      ++at;
    }
    return true;
  }

  DatasetHandle dataset(std::string const& name) const {
    BELLSHARD_INPUT(exists(name), "{}: there is no such dataset; look at what the file holds with: h5ls -r {}", where(name), path.string());
    ObjectHandle const object(BELLSHARD_H5(H5Oopen(file, name.c_str(), H5P_DEFAULT)));
    BELLSHARD_INPUT(H5Iget_type(object) == H5I_DATASET, "{}: is a group, but a dataset is needed", where(name));
    return DatasetHandle(BELLSHARD_H5(H5Dopen2(file, name.c_str(), H5P_DEFAULT)));
  }

  /// Those that memory may be made for.
  std::vector<std::int64_t> plausible_extents(std::string const& name, hid_t dataset) const {
    constexpr double most_packed = 1100, unwritten = 48 << 20;  // deflate packs 1032 to 1 at best
    constexpr std::size_t widest = 8;                          // numbers are read as any type
    auto extents = extents_of(dataset);
    TypeHandle const type(BELLSHARD_H5(H5Dget_type(dataset)));
    hsize_t file_bytes = 0;
    BELLSHARD_H5(H5Fget_filesize(file, &file_bytes));
    BELLSHARD_INPUT(largest_bytes(extents, std::max(widest, H5Tget_size(type))) <= unwritten + most_packed * static_cast<double>(file_bytes),
                    "{}: declares the shape [{}], which a file of {} bytes cannot hold; its data were never written, or it is damaged: make or copy it again",
                    where(name), fmt::join(extents, ", "), file_bytes);
    return extents;
  }

  ObjectHandle object(std::string const& name) const {
    BELLSHARD_INPUT(exists(name), "{}: there is no such group or dataset; look at what the file holds with: h5ls -r {}", where(name),
                    path.string());
    return ObjectHandle(BELLSHARD_H5(H5Oopen(file, name.c_str(), H5P_DEFAULT)));
  }
};

InputFile::InputFile(MPI_Comm comm, std::filesystem::path path, StreamLimits limits)
    : impl_(new Impl{comm, std::move(path), limits,
                     collective_reads_trusted() ? Transfer::collective : Transfer::independent, Meeting(comm)}) {
  quiet_hdf5();
  impl_->step("", [&] {
    if (rank_of(comm) == 0) inspect(impl_->path);
  });
  impl_->step("", [&] { impl_->file = open_file(comm, impl_->path); });
  fault_place("input", "opened");
}

InputFile::~InputFile() = default;

std::filesystem::path const& InputFile::path() const { return impl_->path; }

bool InputFile::has(std::string const& dataset) const {
  bool found = false;
  impl_->step(dataset, [&] { found = impl_->exists(dataset); });
  return found;
}

std::vector<std::string> InputFile::children(std::string const& group) const {
  std::vector<std::string> names;
  impl_->step(group, [&] {
    auto const object = impl_->object(group);
    H5G_info_t info;
    BELLSHARD_H5(H5Gget_info(object, &info));
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      auto const name = [&](char* text, std::size_t bytes) {
        return BELLSHARD_H5(H5Lget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, text, bytes, H5P_DEFAULT));
      };
      std::string text(static_cast<std::size_t>(name(nullptr, 0)), '\0');
      name(text.data(), text.size() + 1);
      names.push_back(std::move(text));
    }
    std::sort(names.begin(), names.end());
  });
  return names;
}

std::vector<std::int64_t> InputFile::shape(std::string const& dataset) const {
  std::vector<std::int64_t> extents;
  impl_->step(dataset, [&] { extents = impl_->plausible_extents(dataset, impl_->dataset(dataset)); });
  return extents;
}

std::vector<std::string> InputFile::axes(std::string const& dataset) const {
  std::vector<std::string> names;
  impl_->step(dataset, [&] {
    auto const source = impl_->dataset(dataset);
    names.resize(extents_of(source).size());
    auto const take_name = [](hid_t, unsigned, hid_t scale, void* name) {
      char text[256] = {0};
      if (H5DSget_scale_name(scale, text, sizeof text) < 0) return herr_t{-1};
      std::string found = text;
      if (found.starts_with(netcdf_dimension)) {  // such a scale is known by its path alone
        if (H5Iget_name(scale, text, sizeof text) < 0) return herr_t{-1};
        found = text;
        found.erase(0, found.rfind('/') + 1);
      }
      *static_cast<std::string*>(name) = found;
      return herr_t{1};  // the first one will do
    };
    if (!has_scale_list(source, names.size())) return;
    for (unsigned d = 0; d < names.size(); ++d) BELLSHARD_H5(H5DSiterate_scales(source, d, nullptr, take_name, &names[d]));
  });
  return names;
}

ScaleKind InputFile::scale(std::string const& dataset) const {
  if (text_attribute(dataset, "CLASS") != "DIMENSION_SCALE") return ScaleKind::none;
  return text_attribute(dataset, "NAME").value_or("").starts_with(netcdf_dimension) ? ScaleKind::bare : ScaleKind::coordinate;
}

ElementType InputFile::type(std::string const& dataset) const {
  auto type = ElementType::float64;
  impl_->step(dataset, [&] {
    TypeHandle const stored(BELLSHARD_H5(H5Dget_type(impl_->dataset(dataset))));
    type = element_type_of(stored, impl_->where(dataset));
  });
  return type;
}

std::optional<std::string> InputFile::text_attribute(std::string const& object, std::string const& name) const {
  std::optional<std::string> text;
  impl_->step(object, [&] { text = read_text_attribute(impl_->object(object), name.c_str()); });
  return text;
}

std::optional<double> InputFile::number_attribute(std::string const& object, std::string const& name) const {
  auto const numbers = number_attributes(object, name);
  return numbers.empty() ? std::nullopt : std::optional(numbers[0]);
}

std::vector<double> InputFile::number_attributes(std::string const& object, std::string const& name) const {
  std::vector<double> numbers;
  impl_->step(object, [&] { numbers = read_number_attribute(impl_->object(object), name.c_str()); });
  return numbers;
}

std::vector<std::string> InputFile::attributes(std::string const& object) const {
  std::vector<std::string> names;
  impl_->step(object, [&] { names = attribute_names(impl_->object(object)); });
  return names;
}

void InputFile::read_block(std::string const& dataset, Block own, void* data, std::size_t elements, ElementType type) const {
  DatasetHandle source;
  std::vector<std::int64_t> extents;
  impl_->step(dataset, [&] {
    source = impl_->dataset(dataset);
    TypeHandle const stored(BELLSHARD_H5(H5Dget_type(source)));
    if (type == ElementType::letter) {
      BELLSHARD_INPUT(H5Tequal(stored, H5T_C_S1) > 0, "{}: is no table of letters, but names are needed", impl_->where(dataset));
    } else {
      element_type_of(stored, impl_->where(dataset));
    }
    extents = extents_of(source);
    std::int64_t needed = own.empty() ? 0 : own.size();
    for (std::size_t d = 1; d < extents.size(); ++d) needed *= extents[d];
    auto const length = extents.empty() ? 1 : extents[0];
    BELLSHARD_INPUT(own.empty() || (own.begin >= 0 && own.end <= length && needed == static_cast<std::int64_t>(elements)),
                    "{}: its shape is [{}], but {} elements of its items {} to {} are needed; its parts do not fit together",
                    impl_->where(dataset), fmt::join(extents, ", "), elements, own.begin, own.end - 1);
  });
  impl_->step(dataset, [&] { read_dense(impl_->comm, source, extents, own, type, data, impl_->limits, impl_->transfer); });
}

void InputFile::restore(std::string const& dataset, ShardedArray const& array) const {
  DatasetHandle source;
  impl_->step(dataset, [&] {
    source = impl_->dataset(dataset);
    auto const extents = extents_of(source);
    BELLSHARD_INPUT(extents == array.shape, "{}: its shape is [{}], but [{}] is needed; it belongs to another problem",
                    impl_->where(dataset), fmt::join(extents, ", "), fmt::join(array.shape, ", "));
    TypeHandle const stored(BELLSHARD_H5(H5Dget_type(source)));
    BELLSHARD_INPUT(element_type_of(stored, impl_->where(dataset)) == array.type,
                    "{}: has another element type than the run that reads it; it belongs to another problem", impl_->where(dataset));
  });
  impl_->step(dataset, [&] { stream_in(impl_->comm, source, array, impl_->limits, impl_->transfer); });
}

std::string InputFile::read_text(std::string const& dataset) const {
  std::string text;
  impl_->step(dataset, [&] {
    auto const source = impl_->dataset(dataset);
    TypeHandle const type(BELLSHARD_H5(H5Dget_type(source)));
    SpaceHandle const space(BELLSHARD_H5(H5Dget_space(source)));
    BELLSHARD_INPUT(H5Tget_class(type) == H5T_STRING, "{}: holds no text, but text is needed", impl_->where(dataset));
    impl_->plausible_extents(dataset, source);
    auto const n = static_cast<std::size_t>(BELLSHARD_H5(H5Sget_simple_extent_npoints(space)));
    auto const append = [&](std::size_t i, std::string_view line) {  // in place: a small file may declare millions of them
      if (i > 0) text += '\n';
      text += line;
    };
    if (BELLSHARD_H5(H5Tis_variable_str(type)) > 0) {
      std::vector<char*> lines(n, nullptr);
      BELLSHARD_H5(H5Dread(source, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, lines.data()));
      for (std::size_t i = 0; i < n; ++i) append(i, lines[i] != nullptr ? lines[i] : "");
      BELLSHARD_H5(H5Dvlen_reclaim(type, space, H5P_DEFAULT, lines.data()));
    } else {
      auto const width = H5Tget_size(type);
      std::vector<char> bytes(width * n);
      BELLSHARD_H5(H5Dread(source, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()));
      for (std::size_t i = 0; i < n; ++i) append(i, text_until_zero(bytes.data() + i * width, width));
    }
  });
  return text;
}

}  // namespace bellshard::io
