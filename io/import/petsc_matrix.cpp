#include "io/import/petsc_matrix.hpp"

#include <bit>
#include <cstring>
#include <fstream>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

constexpr std::int64_t matrix_class = 1211216;

std::uint64_t from_big_endian(unsigned char const* bytes, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) value = value << 8 | bytes[i];
  return value;
}

class PetscReader {
 public:
  explicit PetscReader(std::filesystem::path const& path) : path_(path.string()), in_(path, std::ios::binary) {
    BELLSHARD_INPUT(in_.good() && !std::filesystem::is_directory(path), "{}: cannot be read; check the path (it counts from the working directory)", path_);
    bytes_ = static_cast<std::int64_t>(std::filesystem::file_size(path));
  }

  PetscMatrix read() {
    choose_integers();
    need(4 * integer_, "its head");
    integer();  // class id
    PetscMatrix matrix;
    matrix.rows = integer();
    matrix.columns = integer();
    auto const entries = integer();
    BELLSHARD_INPUT(matrix.rows > 0 && matrix.columns > 0 && entries >= -1, "{}: its head says {} rows, {} columns, {} entries; no such matrix", path_,
                    matrix.rows, matrix.columns, entries);
    if (entries < 0) {
      dense(matrix);
    } else {
      sparse(matrix, entries);
    }
    return matrix;
  }

 private:
  /// The class id in 4 bytes, or in 8 of which the first 4 are zero.
  void choose_integers() {
    unsigned char head[8] = {0};
    in_.read(reinterpret_cast<char*>(head), sizeof head);
    in_.clear();
    in_.seekg(0);
    if (static_cast<std::int64_t>(from_big_endian(head, 4)) == matrix_class) {
      integer_ = 4;
      return;
    }
    BELLSHARD_INPUT(static_cast<std::int64_t>(from_big_endian(head, 8)) == matrix_class,
                    "{}: does not begin with the class id of a PETSc matrix ({}); write it with madupite's writePETScBinary or MatView", path_, matrix_class);
    integer_ = 8;
  }

  void dense(PetscMatrix& matrix) {
    BELLSHARD_INPUT(matrix.rows <= bytes_ / 8 / matrix.columns, "{}: is truncated: {} bytes cannot hold {} x {} values; make or copy it again", path_,
                    bytes_, matrix.rows, matrix.columns);
    for (std::int64_t row = 0; row < matrix.rows; ++row) {
      for (std::int64_t column = 0; column < matrix.columns; ++column) {
        auto const value = real();
        if (value == 0) continue;
        matrix.column.push_back(column);
        matrix.value.push_back(value);
      }
      matrix.offset.push_back(static_cast<std::int64_t>(matrix.value.size()));
    }
  }

  void sparse(PetscMatrix& matrix, std::int64_t entries) {
    BELLSHARD_INPUT(matrix.rows <= bytes_ / integer_ && entries <= bytes_ / (integer_ + 8), "{}: is truncated: {} bytes cannot hold {} rows and {} entries; make or copy it again",
                    path_, bytes_, matrix.rows, entries);
    need((4 + matrix.rows + entries) * integer_ + 8 * entries, "what its head says");
    for (std::int64_t row = 0; row < matrix.rows; ++row) {
      auto const length = integer();
      BELLSHARD_INPUT(length >= 0 && length <= entries - matrix.offset.back(), "{}: row {} has {} entries, more than are left of {}", path_, row, length, entries);
      matrix.offset.push_back(matrix.offset.back() + length);
    }
    BELLSHARD_INPUT(matrix.offset.back() == entries, "{}: its rows have {} entries, but its head says {}", path_, matrix.offset.back(), entries);
    for (std::int64_t i = 0; i < entries; ++i) {
      matrix.column.push_back(integer());
      BELLSHARD_INPUT(matrix.column.back() >= 0 && matrix.column.back() < matrix.columns, "{}: column[{}] = {} (must lie in 0 .. {})", path_, i,
                      matrix.column.back(), matrix.columns - 1);
    }
    for (std::int64_t i = 0; i < entries; ++i) matrix.value.push_back(real());
  }

  void need(std::int64_t bytes, char const* what) const {
    BELLSHARD_INPUT(bytes_ >= bytes, "{}: is truncated: {} bytes, but {} needs {}; make or copy it again", path_, bytes_, what, bytes);
  }

  std::uint64_t raw(int size) {
    unsigned char bytes[8] = {0};
    in_.read(reinterpret_cast<char*>(bytes), size);
    BELLSHARD_INPUT(in_.good(), "{}: ends too early; make or copy it again", path_);
    return from_big_endian(bytes, size);
  }
  std::int64_t integer() {
    auto const bits = raw(integer_);
    return integer_ == 8 ? static_cast<std::int64_t>(bits) : static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
  }
  double real() { return std::bit_cast<double>(raw(8)); }

  std::string path_;
  std::ifstream in_;
  std::int64_t bytes_ = 0;
  int integer_ = 4;  // bytes
};

}  // namespace

PetscMatrix read_petsc_matrix(std::filesystem::path const& path) { return PetscReader(path).read(); }

}  // namespace bellshard::io
