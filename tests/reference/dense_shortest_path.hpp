#pragma once
// A plain serial oracle for stochastic shortest paths on a drawn map: every transition is written out, policies are evaluated
// by Gaussian elimination, and improved until none gets better (Howard 1960). Shares no code with the kernels.
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace reference {

struct Map {
  std::vector<std::string> lines;  // '.' free, 'T' target, all else blocked; row 0 on top
  double drift = 0.1;
  double discount = 1.0;
  bool wraps = false;
  /// cost of a move, by row and direction (0 N, 1 NE, ... clockwise)
  std::function<double(int row, int direction)> cost = [](int, int direction) { return direction % 2 == 0 ? 1.0 : std::sqrt(2.0); };

  int rows() const { return static_cast<int>(lines.size()); }
  int columns() const { return static_cast<int>(lines[0].size()); }
  bool free(int r, int c) const { return lines[r][c] == '.' || lines[r][c] == 'T'; }
};

/// The cell that a step in a direction ends in: itself where that is blocked or off the map.
inline std::pair<int, int> step(Map const& map, int r, int c, int direction) {
  static int const down[8] = {-1, -1, 0, 1, 1, 1, 0, -1};
  static int const right[8] = {0, 1, 1, 1, 0, -1, -1, -1};
  int const r2 = r + down[direction];
  int c2 = c + right[direction];
  if (map.wraps) c2 = (c2 + map.columns()) % map.columns();
  bool const inside = r2 >= 0 && r2 < map.rows() && c2 >= 0 && c2 < map.columns();
  return inside && map.free(r2, c2) ? std::pair{r2, c2} : std::pair{r, c};
}

/// Probability of each successor of a move.
inline std::map<std::pair<int, int>, double> outcomes(Map const& map, int r, int c, int direction) {
  std::map<std::pair<int, int>, double> p;
  p[step(map, r, c, direction)] += 1 - 2 * map.drift;
  p[step(map, r, c, (direction + 7) % 8)] += map.drift;
  p[step(map, r, c, (direction + 1) % 8)] += map.drift;
  return p;
}

/// Q of one move under given values [row][column].
inline double q_value(Map const& map, std::vector<std::vector<double>> const& v, int r, int c, int direction) {
  double sum = 0;
  for (auto const& [to, p] : outcomes(map, r, c, direction)) {
    if (p > 0) sum += p * v[to.first][to.second];
  }
  return map.cost(r, direction) + map.discount * sum;
}

struct Solution {
  std::vector<std::vector<double>> value;     // +infinity where no target can be reached (undiscounted), NaN where blocked
  std::vector<std::vector<bool>> reaches;
};

/// Solves A x = b in place by elimination with row pivots.
inline std::vector<double> solve_dense(std::vector<std::vector<double>> a, std::vector<double> b) {
  std::size_t const n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      double const f = a[i][k] / a[k][k];
      if (f == 0) continue;
      for (std::size_t j = k; j < n; ++j) a[i][j] -= f * a[k][j];
      b[i] -= f * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

/// Least expected cost by policy iteration from the policy that walks a breadth-first tree towards the targets.
inline Solution solve(Map const& map) {
  int const rows = map.rows(), columns = map.columns();
  double const infinity = std::numeric_limits<double>::infinity();
  Solution solution{std::vector(rows, std::vector<double>(columns, std::nan(""))), std::vector(rows, std::vector<bool>(columns, false))};
  std::vector<std::vector<int>> policy(rows, std::vector<int>(columns, 0));
  std::queue<std::pair<int, int>> queue;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      if (map.lines[r][c] != 'T') continue;
      solution.reaches[r][c] = true;
      queue.push({r, c});
    }
  }
  while (!queue.empty()) {
    auto const [r, c] = queue.front();
    queue.pop();
    for (int d = 0; d < 8; ++d) {
      auto const [r2, c2] = step(map, r, c, d);
      if (solution.reaches[r2][c2]) continue;
      solution.reaches[r2][c2] = true;
      policy[r2][c2] = (d + 4) % 8;  // back to where we came from
      queue.push({r2, c2});
    }
  }
  std::vector<std::pair<int, int>> states;
  std::map<std::pair<int, int>, std::size_t> index;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      if (!map.free(r, c)) continue;
      if (map.lines[r][c] == 'T') {
        solution.value[r][c] = 0;
      } else if (map.discount == 1 && !solution.reaches[r][c]) {
        solution.value[r][c] = infinity;
      } else {
        index[{r, c}] = states.size();
        states.emplace_back(r, c);
      }
    }
  }
  for (bool better = true; better;) {
    std::size_t const n = states.size();
    std::vector<std::vector<double>> a(n, std::vector<double>(n, 0.0));
    std::vector<double> b(n);
    for (std::size_t i = 0; i < n; ++i) {
      auto const [r, c] = states[i];
      a[i][i] += 1;
      b[i] = map.cost(r, policy[r][c]);
      for (auto const& [to, p] : outcomes(map, r, c, policy[r][c])) {
        if (index.count(to) != 0) a[i][index[to]] -= map.discount * p;
      }
    }
    auto const x = solve_dense(a, b);
    for (std::size_t i = 0; i < n; ++i) solution.value[states[i].first][states[i].second] = x[i];
    better = false;
    for (auto const& [r, c] : states) {
      double least = q_value(map, solution.value, r, c, policy[r][c]);
      for (int d = 0; d < 8; ++d) {
        double const q = q_value(map, solution.value, r, c, d);
        if (q < least - 1e-12 * (1 + std::abs(least))) {
          least = q;
          policy[r][c] = d;
          better = true;
        }
      }
    }
  }
  return solution;
}

}  // namespace reference
