#pragma once
#include <memory>
#include <string>
#include <vector>

#include "jobs/incremental_worst_case/config.hpp"
#include "src/mdp/source.hpp"

namespace bellshard::incremental_worst_case {

using Parameters = std::vector<double>;

/// Models with the same states and actions, told apart by parameters. Calls with a communicator are collective.
class Family {
 public:
  virtual ~Family() = default;

  virtual std::string description() const = 0;
  virtual std::int64_t states() const = 0;
  virtual std::int64_t start() const = 0;
  virtual std::vector<std::string> names() const = 0;   ///< of the parameters
  virtual std::vector<Parameters> grid() const = 0;     ///< [model]; the first is the nominal one
  virtual Parameters low() const { return {}; }         ///< ends of the parameters, where one may search between them
  virtual Parameters high() const { return {}; }
  /// The own rows of one model.
  virtual mdp::Rows rows(MPI_Comm comm, Block own, Parameters const& parameters) const = 0;
  virtual std::vector<std::filesystem::path> inputs() const { return {}; }
};

std::unique_ptr<Family> make_family(Context& context, Config const& config);

// Of family_files.cpp: models of files; the only parameter is the number of the file.
std::unique_ptr<Family> make_file_family(Context& context, Config const& config);

}  // namespace bellshard::incremental_worst_case
