#pragma once

namespace bellshard {

/// Called with the name of a place ("checkpoint", "synced") when a rank passes it; may end the process or throw.
using FaultHook = void (*)(char const* what, char const* step);

/// Empty in the program itself, where a place costs one comparison and nothing from outside can set it off. The program of
/// tests/regression that is hurt on purpose fills it.
inline FaultHook fault_hook = nullptr;

/// A place between two steps of which a test may say: a rank dies here, or throws here alone. Not inside a part that together() runs.
inline void fault_place(char const* what, char const* step) {
  if (fault_hook != nullptr) fault_hook(what, step);
}

}  // namespace bellshard
