#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Arrays of pymdptoolbox in a .npz file, S states and A actions, every action in every state:
///
///     numpy.savez(file, P=P, R=R)      P [A,S,S];  R [S], [S,A] or [A,S,S]
///
/// or sparse, with the parts of a scipy.sparse.csr_matrix for each action a = 0, 1, ... (R may be sparse in the same way):
///
///     Pa_data, Pa_indices, Pa_indptr   of [S,S]
///
/// The reward has no name; one that depends on the next state becomes its expectation. Exit 4 with the array.
ExplicitMdp read_npz(std::filesystem::path const& path);

}  // namespace bellshard::io
