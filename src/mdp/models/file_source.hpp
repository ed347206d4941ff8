#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/hdf5/input_file.hpp"
#include "src/mdp/source.hpp"

namespace bellshard::mdp {

/// An explicit model in an HDF5 file (schema bellshard.mdp, version 1; docs/formats.md). Every rank reads its own block, offsets
/// too. A file that is broken is refused with the dataset and the first index that is wrong, exit 4, on all ranks together.
class FileSource : public Source {
 public:
  /// Looks at names, shapes and types; collective, and `comm` serves all later reads.
  FileSource(MPI_Comm comm, std::filesystem::path const& path);

  std::int64_t states() const override { return states_; }
  std::string description() const override;
  Partition partition(MPI_Comm comm) const override;
  Rows rows(MPI_Comm comm, Block own, std::string const& reward) const override;
  Outcomes outcomes(MPI_Comm comm, Block own, std::string const& reward) const override;
  std::optional<RowCounts> count_rows(MPI_Comm comm, Block own) const override;
  RowStream stream(Block own, std::string const& reward, double part_bytes) const override;
  bool interval() const override { return interval_; }
  std::vector<std::string> labels() const override { return labels_; }
  std::vector<std::uint8_t> label(MPI_Comm comm, Block own, std::string const& name) const override;
  std::vector<std::string> coordinates() const override { return coordinates_; }
  std::vector<double> coordinate(MPI_Comm comm, Block own, std::string const& name) const override;
  std::vector<std::string> state_names(MPI_Comm comm, Block own) const override;
  ActionNames action_names(MPI_Comm comm, Block own) const override;

  std::vector<std::string> rewards() const;  ///< names of the rewards; the default one first, "" where it has none

 private:
  std::string place(std::string const& dataset) const;  ///< "x.h5:/reward"
  std::int64_t column_length(std::string const& dataset) const;
  void expect_length(std::string const& dataset, std::int64_t length, std::string const& reason) const;
  std::vector<std::int64_t> action_offset(MPI_Comm comm, Block own) const;
  std::vector<std::int64_t> transition_offset(MPI_Comm comm, Block pairs) const;
  /// Where rows stand in the file.
  struct Stored {
    Block pairs, transitions;
  };
  /// Transitions as they stand in the file, not tidied.
  Stored read_rows(MPI_Comm comm, Block own, std::string const& reward, RowStream::Look look, Rows& rows) const;
  std::vector<RowStream::Part> parts(Block own, double most_bytes) const;
  std::string reward_dataset(std::string const& name) const;
  std::vector<std::string> texts(MPI_Comm comm, std::string const& dataset, Block items) const;

  io::InputFile file_;
  std::int64_t states_ = 0;
  std::int64_t pairs_ = 0;
  std::int64_t transitions_ = 0;
  double tolerance_ = 1e-9;  ///< of the sum of a pair
  bool interval_ = false;
  bool transition_rewards_ = false;  ///< has /transition_reward
  std::string default_reward_;
  std::vector<std::string> named_rewards_;
  std::vector<std::string> labels_;
  std::vector<std::string> coordinates_;
};

}  // namespace bellshard::mdp
