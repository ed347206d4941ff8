#include "src/mdp/generated_operator.hpp"

#include <cmath>

namespace bellshard::mdp {

void check_survey(MPI_Comm comm, dp::Survey const& found, Block own, std::int64_t states) {
  together(comm, [&] {
    auto const where = [&] { return fmt::format("among states {} to {}", own.begin, own.end - 1); };
    BELLSHARD_INPUT(!own.contains(found.idle), "state {} has no action; give it at least one", found.idle);
    BELLSHARD_INPUT(own.empty() || (found.lowest >= 0 && found.highest < states),
                    "{}, a transition leads to state {} (must lie in [0, {})); correct the model", where(),
                    found.lowest < 0 ? found.lowest : found.highest, states);
    BELLSHARD_INPUT(found.off_one <= 1e-9, "{}, the probabilities of a pair are {} (must be positive and sum to 1 within 1e-9); correct the model",
                    where(), std::isinf(found.off_one) ? "no probabilities" : fmt::format("off 1 by {:.3g}", found.off_one));
    BELLSHARD_INPUT(std::isfinite(found.largest_reward), "{}, a reward is not finite; correct the model", where());
  });
}

}  // namespace bellshard::mdp
