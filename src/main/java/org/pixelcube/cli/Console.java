package org.pixelcube.cli;

import java.io.PrintStream;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.Warnings;

/**
 * Where a command speaks: results on {@code out}, everything else on {@code err}.
 *
 * @param out standard output
 * @param err standard error
 * @param terminal whether {@code err} is a terminal
 * @param warnings prints each distinct warning once, on {@code err}
 * @param interruption the user's wish to stop
 */
record Console(
    PrintStream out,
    PrintStream err,
    boolean terminal,
    Warnings warnings,
    Interruption interruption) {
  static Console ofProcess() {
    return new Console(
        System.out,
        System.err,
        Progress.terminal(),
        Warnings.printingTo(System.err),
        Interruption.onShutdown());
  }

  /** A console that is no terminal. */
  static Console of(PrintStream out, PrintStream err, Interruption interruption) {
    return new Console(out, err, false, Warnings.printingTo(err), interruption);
  }

  /** A bar, lines off the terminal, or nothing. */
  Progress.Opener progress(boolean quiet) {
    return quiet
        ? (_, _, _) -> Progress.silent()
        : (task, total, done) -> Progress.on(err, terminal, task, total, done);
  }
}
