#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/drive/job.hpp"

namespace bellshard::robust_offline {

enum class WorldKind { linear_walk, american_put, table };
enum class DataSource { generated, file };
enum class Sharing { automatic, replications, rows };

/// Pessimistic value iterations. The R2PVI ones punish distance from the nominal model by lambda, DRPVI and DRVI-L allow none beyond rho.
enum class Algorithm { pevi, r2pvi_tv, r2pvi_kl, r2pvi_chi2, drpvi, drvi_l };
bool takes_lambda(Algorithm algorithm);
bool takes_rho(Algorithm algorithm);

/// One algorithm with its parameter.
struct Method {
  Algorithm algorithm;
  double parameter;   ///< lambda or rho [reward]; 0 where there is none
  std::string label;  ///< "r2pvi_tv lambda=0.1"
};

struct Config {
  WorldKind world = WorldKind::linear_walk;
  double xi = 0.2, delta = 0.3;                       ///< linear_walk
  std::vector<double> walk_shares{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
  std::int64_t put_horizon = 20, put_factors = 30;    ///< american_put
  double strike = 100, put_low = 80, put_span = 100, start_low = 95, start_high = 105, test_start = 99.17022;
  std::vector<double> put_ups{0.2, 0.4, 0.5, 0.6, 0.8, 1};
  std::filesystem::path table_file;

  DataSource source = DataSource::generated;
  std::filesystem::path data_file;
  std::int64_t trajectories = 100, replications = 20, seed = 1, file_replications = 1;

  std::vector<std::string> names{"pevi", "r2pvi_tv", "r2pvi_kl", "r2pvi_chi2", "drpvi", "drvi_l"};
  std::vector<double> lambda{0.1}, rho{0.3};
  double beta = 1, ridge = 0.1, most = 0, coolest = 0;
  Sharing sharing = Sharing::automatic;

  std::string file = "robust_offline.h5";
  bool save_data = false, save_inverse = false;

  std::vector<Method> methods() const;  ///< every algorithm with every parameter of its own
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::robust_offline
