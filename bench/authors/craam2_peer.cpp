// craam2's robust solvers (s,a-rectangular L1 balls, on the next states that a pair has) on a model in its CSV form:
//   craam2_peer MODEL.csv DISCOUNT RADIUS RESIDUAL VALUES.csv METHOD...
// A line `METHOD SECONDS RESIDUAL` for each, the solve alone; VALUES.csv has a line for each method.
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>

#include "craam/algorithms/nature_response.hpp"
#include "craam/solvers.hpp"

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  auto const model = craam::mdp_from_csv(std::string(argv[1]));
  double const discount = std::stod(argv[2]), residual = std::stod(argv[4]);
  craam::algorithms::SANature const nature = craam::algorithms::nats::robust_l1u(std::stod(argv[3]));
  std::ofstream values(argv[5]);
  values << std::setprecision(17);
  for (int k = 6; k < argc; ++k) {
    std::string const method = argv[k];
    auto const found = method == "value_iteration" ? craam::rsolve_vi(model, discount, nature, {}, {}, craam::MAXITER, residual) : craam::rsolve_mppi(model, discount, nature, {}, {}, craam::MAXITER, residual);
    std::cout << method << ' ' << std::setprecision(9) << found.time << ' ' << found.residual << std::endl;
    for (std::size_t s = 0; s < found.valuefunction.size(); ++s) values << (s ? "," : "") << found.valuefunction[s];
    values << '\n';
  }
}
