package org.pixelcube.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Suggestion;
import org.pixelcube.config.UserError;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one line on standard error and an exit status. */
final class Faults implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final int BUG = 1;
  static final int USER = 2;
  static final int INTERRUPTED = 130;

  private final Console console;

  Faults(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException fault, String[] args) {
    return report(fault.getCause() instanceof UserError error ? error : explain(fault));
  }

  @Override
  public int handleExecutionException(Exception fault, CommandLine line, ParseResult parsed) {
    return report(fault);
  }

  /** Prints the line for {@code failure} and gives the exit status. */
  int report(Throwable failure) {
    PrintStream err = console.err();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case ParameterException fault -> {
          return report(explain(fault));
        }
        case UserError error -> {
          err.println("pixelcube: " + error.getMessage());
          return USER;
        }
        case Interruption.Requested _ -> {
          return interrupted(err);
        }
        case OutOfMemoryError full -> {
          err.println("pixelcube: " + outOfMemory(full).getMessage());
          return USER;
        }
        default -> {}
      }
    }
    if (console.interruption().requested()) {
      // Libraries that are being loaded fail in many ways while the process ends.
      return interrupted(err);
    }
    err.println(
        "pixelcube: internal error: %s; this is a bug: details in %s"
            .formatted(firstLine(failure), writeTrace(failure)));
    return BUG;
  }

  private static int interrupted(PrintStream err) {
    err.println("pixelcube: interrupted; the same command goes on from the last saved segment");
    return INTERRUPTED;
  }

  private static UserError outOfMemory(OutOfMemoryError full) {
    long limit = Runtime.getRuntime().maxMemory() >> 20;
    String message = full.getMessage();
    return new UserError(
        "memory",
        "is not enough: the limit is %d MiB%s"
            .formatted(limit, message == null ? "" : " (" + message + ")"),
        "lower --size or --threads, or raise the limit with PIXELCUBE_JAVA_OPTS=-Xmx%dm"
            .formatted(2 * limit),
        full);
  }

  private static String firstLine(Throwable failure) {
    String text = failure.toString().lines().findFirst().orElse("");
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private static String writeTrace(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    try {
      Path log = Files.createTempFile("pixelcube-", ".log");
      Files.writeString(log, trace.toString());
      return log.toString();
    } catch (IOException e) {
      return "nowhere, for the log could not be written: " + e.getMessage();
    }
  }

  /** A fault in the arguments in our own form: what is at fault, why, and what to do. */
  private static UserError explain(ParameterException fault) {
    CommandLine line = fault.getCommandLine();
    String help = "see " + line.getCommandSpec().qualifiedName() + " --help";
    return switch (fault) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched, line, help);
      case MissingParameterException missing ->
          new UserError(
              missing.getMissing().stream().map(Faults::name).collect(Collectors.joining(", ")),
              fault.getMessage().contains("parameter for option") ? "needs a value" : "is missing",
              help,
              fault);
      default -> {
        ArgSpec argument = fault.getArgSpec();
        String value = fault.getValue();
        if (argument == null) {
          String message = fault.getMessage();
          int colon = message.indexOf(": ");
          yield colon > 0
              ? new UserError(
                  message.substring(0, colon), message.substring(colon + 2), help, fault)
              : new UserError("arguments", message, help, fault);
        }
        yield value == null
            ? new UserError(name(argument), fault.getMessage(), help, fault)
            : new UserError(
                name(argument),
                "is '%s', must be %s".formatted(value, expected(argument)),
                help,
                fault);
      }
    };
  }

  private static UserError unmatched(
      UnmatchedArgumentException fault, CommandLine line, String help) {
    String word = fault.getUnmatched().getFirst();
    CommandSpec spec = line.getCommandSpec();
    boolean option = word.startsWith("-");
    boolean command = !option && !spec.subcommands().isEmpty();
    List<String> known =
        option
            ? spec.options().stream().flatMap(o -> Arrays.stream(o.names())).toList()
            : List.copyOf(spec.subcommands().keySet());
    String bare = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
    Optional<String> near = Suggestion.nearest(bare, known);
    return new UserError(
        bare,
        option ? "is no option" : command ? "is no command" : "is one argument too many",
        near.map(name -> "did you mean " + name + "?").orElse(help),
        fault);
  }

  private static String name(ArgSpec argument) {
    return switch (argument) {
      case OptionSpec option -> option.longestName();
      case PositionalParamSpec positional -> positional.paramLabel();
      default -> argument.toString();
    };
  }

  private static String expected(ArgSpec argument) {
    Class<?> type =
        argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : argument.type();
    if (type == Double.class || type == double.class) {
      return "a number";
    }
    if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
      return "a whole number";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    return "a value of another kind";
  }
}
