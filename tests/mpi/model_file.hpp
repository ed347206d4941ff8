#pragma once
#include <hdf5.h>
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/handle.hpp"
#include "hdf5_fixture.hpp"

namespace bellshard::test {

/// A model file as a foreign program writes it, with any part wrong or missing. Columns of numbers are kept as doubles or
/// int64 and stored with the types below.
struct ModelFile {
  std::map<std::string, std::vector<std::int64_t>> integers;
  std::map<std::string, std::vector<double>> reals;
  std::map<std::string, std::vector<std::uint8_t>> bytes;
  std::map<std::string, std::string> texts;  ///< attributes of the root
  std::int64_t version = 1;
  hid_t index_type = H5T_STD_I64LE;          ///< of next_state
  hid_t probability_type = H5T_IEEE_F64LE;

  void write(std::filesystem::path const& path) const {
    if (rank() == 0) {
      io::FileHandle const file(BELLSHARD_H5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
      for (auto const& [name, column] : integers) {
        put(file, name, column.size(), name == "/next_state" ? index_type : H5T_STD_I64LE, H5T_NATIVE_INT64, column.data());
      }
      for (auto const& [name, column] : reals) {
        bool const probability = name.starts_with("/probability");
        put(file, name, column.size(), probability ? probability_type : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, column.data());
      }
      for (auto const& [name, column] : bytes) put(file, name, column.size(), H5T_STD_U8LE, H5T_NATIVE_UINT8, column.data());
      for (auto const& [name, text] : texts) io::write_attribute(file, name.c_str(), text);
      io::write_attribute(file, "schema_version", version);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }

 private:
  static void put(hid_t file, std::string const& name, std::size_t size, hid_t stored, hid_t memory, void const* data) {
    io::PropertyHandle const groups(BELLSHARD_H5(H5Pcreate(H5P_LINK_CREATE)));
    BELLSHARD_H5(H5Pset_create_intermediate_group(groups, 1));
    hsize_t const extent[1] = {size};
    io::SpaceHandle const space(BELLSHARD_H5(H5Screate_simple(1, extent, nullptr)));
    io::DatasetHandle const dataset(BELLSHARD_H5(H5Dcreate2(file, name.c_str(), stored, space, groups, H5P_DEFAULT, H5P_DEFAULT)));
    BELLSHARD_H5(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
  }
};

/// Six states in a row, the last absorbing; state s has 1 + s % 3 actions, and action a goes to three states (one of them
/// twice in the file, one with probability 0):
///
///     s  ->  s+1 .5    s+1+a .25    s .25    0 0        (next states beyond 5 count as 5)
inline ModelFile six_states() {
  ModelFile model;
  auto& action_offset = model.integers["/action_offset"] = {0};
  auto& transition_offset = model.integers["/transition_offset"] = {0};
  auto& next = model.integers["/next_state"];
  auto& probability = model.reals["/probability"];
  for (std::int64_t s = 0; s < 6; ++s) {
    for (std::int64_t a = 0; a < 1 + s % 3; ++a) {
      for (auto to : {s + 1, s + 1 + a, s, std::int64_t{0}}) next.push_back(std::min<std::int64_t>(to, 5));
      for (double p : {.5, .25, .25, 0.}) probability.push_back(p);
      transition_offset.push_back(static_cast<std::int64_t>(next.size()));
      model.reals["/reward"].push_back(10. * static_cast<double>(s) + static_cast<double>(a));
      model.reals["/rewards/energy"].push_back(static_cast<double>(a) - 1);
      model.integers["/action_name_index"].push_back(a - 1);
    }
    action_offset.push_back(static_cast<std::int64_t>(transition_offset.size()) - 1);
    model.bytes["/label/init"].push_back(s == 0);
    model.bytes["/label/goal"].push_back(s == 5);
    model.reals["/coordinate/x"].push_back(0.5 * static_cast<double>(s));
    model.integers["/coordinate/height"].push_back(s % 2);
  }
  model.texts = {{"schema", "bellshard.mdp"}, {"default_reward", "time"}};
  auto const text = std::string("zeroonetwothreefourfive");
  model.bytes["/state_name"].assign(text.begin(), text.end());
  model.integers["/state_name_offset"] = {0, 4, 7, 10, 15, 19, 23};
  model.bytes["/action_name"] = {'g', 'o', 'r', 'u', 'n'};
  model.integers["/action_name_offset"] = {0, 2, 5};
  return model;
}

}  // namespace bellshard::test
