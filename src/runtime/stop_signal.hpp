#pragma once

namespace bellshard {

/// Installs handlers for USR1, USR2, TERM and INT that only set a flag; a second INT or TERM ends the process at once.
void install_stop_signals();

/// From now on they do nothing: for a process on its way out with its exit code.
void ignore_stop_signals();

/// The signal that asked this rank to stop (SIGTERM, ...), or 0. Other ranks may have received none: reduce it.
int pending_stop_signal();

/// "SIGUSR1", ...
char const* signal_name(int signal);

/// Forgets a pending signal; for tests.
void clear_stop_signal();

}  // namespace bellshard
