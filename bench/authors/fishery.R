# Chains, transitions and policies of the Gaussian-process fishery by the functions of the authors' repository (R/gp_mcmc.R, R/gp_trasition_matrix.R), as their manuscript calls them:
#   Rscript fishery.R FOLDER DATA.csv POINTS STEPS BURN_IN THIN OUT.csv
# The value iteration of their package pdg_control is not in it; this one does the same. Seconds of each part go to the output, policies and values to OUT.csv.
suppressMessages(library(mcmc))
asked <- commandArgs(trailingOnly = TRUE)
for (part in c("gp_mcmc.R", "gp_trasition_matrix.R")) source(file.path(asked[1], "R", part))
seen <- read.csv(asked[2])
points <- as.integer(asked[3])
delta <- 0.01
grid <- seq(0, 15, length.out = points)
true_growth <- function(x, h, p) {
  left <- max(0, x - h)
  left * exp(p[1] * (1 - left / p[2]) * (left - p[3]) / p[2])
}

# V <- max over harvests of P V + (1 - delta) profit; the first of several that are best
iterate <- function(matrices) {
  profit <- outer(grid, grid, pmin)
  value <- numeric(points)
  for (sweep in 1:1000) {
    both <- sapply(seq_along(grid), function(h) matrices[[h]] %*% value + (1 - delta) * profit[, h])
    new <- apply(both, 1, max)
    change <- max(abs(new - value))
    value <- new
    if (change < delta * 1e-4 / (2 - 2 * delta)) break
  }
  list(value = value, harvest = apply(both, 1, which.max) - 1)
}
clock <- function(name, work) {
  seconds <- system.time(found <- work)[["elapsed"]]
  cat(name, seconds, "\n")
  found
}

set.seed(1)
chain <- clock("chain", gp_mcmc(seen$x, y = seen$y, n = as.integer(asked[4]), s2.p = c(5, 5), d.p = c(10, 1 / 0.1)))
posterior <- clock("posterior", gp_predict(chain, grid, burnin = as.integer(asked[5]), thin = as.integer(asked[6])))
matrices <- clock("tensor", gp_transition_matrix(posterior$Ef_posterior, posterior$Vf_posterior, grid, grid))
process <- clock("value_iteration", iterate(matrices))
truth <- iterate(f_transition_matrix(true_growth, c(2, 8, 5), grid, grid, 0.05))
cat("draws", ncol(posterior$Ef_posterior), "\n")
write.csv(data.frame(gp = process$harvest, true = truth$harvest, true_value = truth$value), asked[7], row.names = FALSE)
