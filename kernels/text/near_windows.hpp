#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/text/word_similarity.hpp"

namespace bellshard::text {

/// Content words of spans of a text, against one region.
struct NearQuestion {
  std::int64_t first;     ///< of `words`
  std::uint32_t size;
  std::uint32_t region;
  std::int64_t scratch;   ///< where its size + words of the region numbers are
};

/// What makes a window near a span.
struct NearRule {
  double threshold;       ///< least mean similarity, in both directions
  std::int32_t least;     ///< content words of a window, at least
  std::int32_t most;      ///< and at most
};

/// Asked of a region: whether some window is near, the first that turns up, or which is the best of all.
enum class NearAnswer { any, best };

/// Words [begin, end) of all regions' words; score: the lesser of both mean similarities, negative where no window is near.
struct NearWindow {
  double score = -1;
  std::int64_t begin = 0, end = 0;
};

/// A window of each question's region. The best one, the first and shortest of equals, is that with the greatest lesser one of two means, of the similarity of its
/// words to their best partners in the span, and of the span's words to theirs in the window (the relaxed word mover's similarity in both directions).
/// words  [content word of all texts] as numbers of the similarity, or unknown_word
inline void near_windows(Execution const& execution, WordSimilarity const& similarity, Array<std::uint32_t const> const& words, Array<std::int64_t const> const& first,
                         Array<std::uint32_t const> const& token, Array<NearQuestion const> const& questions, NearRule rule, NearAnswer answer,
                         Array<float> const& scratch, Array<NearWindow> const& windows) {
  Kokkos::parallel_for(
      "bellshard::text::near_windows", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(questions.extent(0))),
      KOKKOS_LAMBDA(std::int64_t item) {
        NearQuestion const question = questions(item);
        std::int64_t const begin = first(question.region), size = first(question.region + 1) - begin;
        float* const partner = scratch.data() + question.scratch;  // [word of the span] likeness to the best word of the window
        float* const like = partner + question.size;               // [word of the region] likeness to the best word of the span
        for (std::uint32_t k = 0; k < question.size; ++k) partner[k] = -1;
        for (std::int64_t i = 0; i < size; ++i) {
          like[i] = -1;
          for (std::uint32_t k = 0; k < question.size; ++k) {
            float const other = similarity(words(question.first + k), token(begin + i));
            if (other > like[i]) like[i] = other;
            if (other > partner[k]) partner[k] = other;
          }
        }
        double most = 0;  // that the span's words are like any of the region's
        for (std::uint32_t k = 0; k < question.size; ++k) most += partner[k];
        NearWindow found;
        bool const possible = most / question.size >= rule.threshold;
        for (std::int64_t from = 0; possible && from < size && (answer == NearAnswer::best || found.score < 0); ++from) {
          std::int64_t const stop = from + rule.most < size ? from + rule.most : size;
          std::int64_t last = from;  // windows that end behind it are not near
          double sum = 0;
          for (std::int64_t i = from; i < stop; ++i) {
            sum += like[i];
            if (i + 1 - from >= rule.least && sum / static_cast<double>(i + 1 - from) >= rule.threshold) last = i + 1;
          }
          if (last == from) continue;
          for (std::uint32_t k = 0; k < question.size; ++k) partner[k] = -1;
          sum = 0;
          for (std::int64_t i = from; i < last; ++i) {
            sum += like[i];
            double back = 0;
            for (std::uint32_t k = 0; k < question.size; ++k) {
              float const other = similarity(words(question.first + k), token(begin + i));
              if (other > partner[k]) partner[k] = other;
              back += partner[k];
            }
            back /= question.size;
            double const mean = sum / static_cast<double>(i + 1 - from);
            double const score = mean < back ? mean : back;
            if (i + 1 - from < rule.least || score < rule.threshold || score <= found.score) continue;
            found = {score, begin + from, begin + i + 1};
            if (answer == NearAnswer::any) break;
          }
        }
        windows(item) = found;
      });
}

}  // namespace bellshard::text
