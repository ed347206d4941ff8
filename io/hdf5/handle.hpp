#pragma once
#include <hdf5.h>

#include <utility>

#include "src/base/error.hpp"

namespace bellshard::io {

/// HDF5 said no. Carries the text of its error stack; whoever knows the path and the purpose rephrases it.
class Hdf5Error : public Error {
 public:
  explicit Hdf5Error(std::string const& message) : Error(ExitCode::bug, message) {}
};

[[noreturn]] void fail_hdf5(char const* call, char const* file, int line);

/// Passes on what an HDF5 call returned; throws Hdf5Error where that is negative.
template <class Result>
Result checked_hdf5(Result result, char const* call, char const* file, int line) {
  if (result < 0) fail_hdf5(call, file, line);
  return result;
}

/// Stops HDF5 from printing its error stack; the text goes into the Error instead.
void quiet_hdf5();

/// Owns one HDF5 id of one kind. Converts to the id, so that C calls read as usual.
template <herr_t (*close_id)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  ~Handle() {
    if (id_ >= 0) close_id(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  operator hid_t() const { return id_; }
  hid_t release() { return std::exchange(id_, -1); }

 private:
  hid_t id_ = -1;
};

using FileHandle = Handle<H5Fclose>;
using GroupHandle = Handle<H5Gclose>;
using DatasetHandle = Handle<H5Dclose>;
using SpaceHandle = Handle<H5Sclose>;
using TypeHandle = Handle<H5Tclose>;
using AttributeHandle = Handle<H5Aclose>;
using PropertyHandle = Handle<H5Pclose>;
using ObjectHandle = Handle<H5Oclose>;

}  // namespace bellshard::io

/// An HDF5 call that must succeed; always on. An expression: gives back what the call returned.
#define BELLSHARD_H5(call) ::bellshard::io::checked_hdf5((call), #call, __FILE__, __LINE__)
