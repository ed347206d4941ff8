// For each line "NAME A B C N value... weight..." of standard input "worst NUMBER", the worst case that NAME stands for, in full precision, computed on the device.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "kernels/dp/robust_backup.hpp"
#include "kernels/dp/robust_rows.hpp"
#include "kernels/host_copy.hpp"

using namespace bellshard;

namespace {

enum class Kind { tv_penalised, tv_ball, kl_penalised, kl_ball, chi2_penalised, chi2_ball, l1_worst, family };

Kind kind_of(std::string const& name) {
  char const* const names[] = {"tv_penalised", "tv_ball", "kl_penalised", "kl_ball", "chi2_penalised", "chi2_ball", "l1_worst", "family"};
  for (int k = 0; k < 8; ++k)
    if (name == names[k]) return static_cast<Kind>(k);
  std::fprintf(stderr, "no worst case is called %s\n", name.c_str());
  std::exit(2);
}

double compute(Kind kind, double a, double b, double c, std::vector<double> const& value, std::vector<double> const& weight) {
  auto const v = to_device(value, "test::value"), w = to_device(weight, "test::weight");
  auto const size = static_cast<std::int64_t>(value.size());
  double answer = 0;
  Kokkos::parallel_reduce(
      "test::worst", Kokkos::RangePolicy<Execution>(0, 1),
      KOKKOS_LAMBDA(int, double& sum) {
        dp::Outcomes const x{v.data(), w.data(), size};
        auto const value_at = [&](std::int64_t k) { return v(k); };
        auto const weight_at = [&](std::int64_t k) { return w(k); };
        switch (kind) {
          case Kind::tv_penalised: sum += dp::tv_penalised(x, a); break;
          case Kind::tv_ball: sum += dp::tv_ball(x, a, b, c); break;
          case Kind::kl_penalised: sum += dp::kl_penalised(x, a, b); break;
          case Kind::kl_ball: sum += dp::kl_ball(x, a, b, c); break;
          case Kind::chi2_penalised: sum += dp::chi2_penalised(x, a, b); break;
          case Kind::chi2_ball: sum += dp::chi2_ball(x, a); break;
          case Kind::l1_worst: sum += dp::l1_worst(size, weight_at, value_at, a); break;
          case Kind::family: {
            auto const worst = dp::worst_of_family(static_cast<std::int32_t>(size), value_at);
            sum += worst.value + 1000.0 * worst.model;
            break;
          }
        }
      },
      answer);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  Kokkos::initialize(argc, argv);
  std::string name;
  double a, b, c;
  std::size_t n;
  while (std::cin >> name >> a >> b >> c >> n) {
    std::vector<double> value(n), weight(n);
    for (auto& x : value) std::cin >> x;
    for (auto& x : weight) std::cin >> x;
    std::printf("worst %.17g\n", compute(kind_of(name), a, b, c, value, weight));
  }
  Kokkos::finalize();
}
