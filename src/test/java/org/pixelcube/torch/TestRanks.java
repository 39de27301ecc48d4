package org.pixelcube.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Threads of this process in the place of processes: a group of real connections. */
public final class TestRanks {
  private TestRanks() {}

  /** Runs the work in each of a group. */
  public static void run(int size, Consumer<Ranks> work) {
    int port = freePort();
    try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
      List<Future<?>> running = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        Rendezvous place = new Rendezvous(rank, size, 0, 1, "127.0.0.1", port);
        running.add(
            threads.submit(() -> {
              try (Ranks ranks = Ranks.join(place, "cpu")) {
                work.accept(ranks);
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
