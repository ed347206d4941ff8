#pragma once
#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "src/network/images.hpp"

namespace bellshard::network {

// Means over the images of all ranks. Sums are exact (whole numbers, or multiples of 2^-32), so they do not depend on the ranks.
// logits [own image, class]. Collective.

/// Share of images whose greatest logit, the first of equal ones, is that of their label.
double accuracy(MPI_Comm comm, Images const& images, std::span<float const> logits);
/// Mean of -log(softmax of the label's logit) [nat]; exit 4 where a logit is not finite.
double cross_entropy(MPI_Comm comm, Images const& images, std::span<float const> logits);
/// Mean Kullback-Leibler divergence of softmax(logits) from softmax(reference) [nat], which looks at no label; exit 4 where a logit is not finite.
double divergence(MPI_Comm comm, Images const& images, std::span<float const> reference, std::span<float const> logits);
/// Mean of a number of each own image, which lies within +-10^4.
double mean_over_images(MPI_Comm comm, Images const& images, std::span<double const> own);

}  // namespace bellshard::network
