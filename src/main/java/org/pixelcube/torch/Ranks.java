package org.pixelcube.torch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.pixelcube.config.UserError;

/**
 * The processes that train one network together, each on its share of every batch: what they tell
 * each other goes through libtorch's c10d, by Gloo between processors and by NCCL between cards.
 *
 * <p>All of them make the same calls in the same order; a call ends when all have made it. A run in
 * one process is a group of one, for which every call is free and changes nothing. Used by one
 * thread.
 */
public final class Ranks implements AutoCloseable {
  /** Others may be waiting while the first one looks at examples and writes files. */
  private static final long PATIENCE_MILLIS = 30L * 60 * 1000;

  private static final long MEETING_MILLIS = 10L * 60 * 1000;

  /** Numbers that travel together: 32 MiB. */
  private static final long BUCKET = 1 << 23;

  private final int rank;
  private final int size;
  private final Device device;

  /** Null in a group of one. */
  private final Backend group;

  private final List<Pointer> owned = new ArrayList<>();

  /** Another process of the group has ended or does not answer. */
  public static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private Ranks(Device device) {
    this.rank = 0;
    this.size = 1;
    this.device = device;
    this.group = null;
  }

  private Ranks(Rendezvous place, Device device) {
    this.rank = place.rank();
    this.size = place.size();
    this.device = device;
    try (TorchScope _ = TorchScope.open()) {
      Store store = own(store(place));
      group = own(device.cuda() ? nccl(store) : gloo(store, place.address()));
    } catch (RuntimeException e) {
      close();
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      throw new UserError(
          place.address() + ":" + place.port(),
          "the %d processes did not meet there: %s".formatted(size, firstLine(e)),
          "check MASTER_ADDR, MASTER_PORT and that all of them run",
          e);
    }
  }

  /**
   * A process on its own.
   *
   * @param device by name, see {@link Device#named}
   */
  public static Ranks alone(String device) {
    return new Ranks(Device.named(device));
  }

  /**
   * Meets the other processes of a run. Threads are shared out among those of one machine.
   *
   * @param device by name, see {@link Rendezvous#device}
   * @throws UserError if they do not meet within ten minutes
   */
  public static Ranks join(Rendezvous place, String device) {
    Device own = place.device(device);
    if (place.size() == 1) {
      return new Ranks(own);
    }
    if (place.localSize() > 1) {
      int processors = Runtime.getRuntime().availableProcessors();
      Torch.setThreads(Math.max(1, processors / place.localSize()));
    }
    return new Ranks(place, own);
  }

  private static Store store(Rendezvous place) {
    TCPStoreOptions options =
        new TCPStoreOptions()
            .port((short) place.port())
            .isServer(place.rank() == 0)
            .waitWorkers(false)
            .timeout(new Milliseconds(MEETING_MILLIS));
    return new TCPStore(place.address(), options);
  }

  private Backend gloo(Store store, String address) {
    ProcessGroupGloo.Options options =
        ProcessGroupGloo.Options.create(new Milliseconds(PATIENCE_MILLIS));
    String card = System.getenv("GLOO_SOCKET_IFNAME");
    boolean here = List.of("127.0.0.1", "localhost", "::1").contains(address);
    GlooDeviceVector devices = new GlooDeviceVector();
    devices.push_back(
        card != null
            ? ProcessGroupGloo.createDeviceForInterface(card)
            : here
                ? ProcessGroupGloo.createDeviceForHostname(address)
                : ProcessGroupGloo.createDefaultDevice());
    options.devices(devices);
    options.threads(2);
    return new ProcessGroupGloo(store, rank, size, options);
  }

  private Backend nccl(Store store) {
    try {
      ProcessGroupNCCL.Options options = ProcessGroupNCCL.Options.create();
      options.timeout(new Milliseconds(PATIENCE_MILLIS));
      return new ProcessGroupNCCL(store, rank, size, options);
    } catch (LinkageError e) {
      throw new UserError(
          device.toString(),
          "this build of libtorch has no NCCL",
          "build with -Dtorch.build=-gpu, or train on the processor",
          e);
    }
  }

  private <P extends Pointer> P own(P pointer) {
    pointer.retainReference();
    owned.addFirst(pointer);
    return pointer;
  }

  /** This process's number, from 0. */
  public int rank() {
    return rank;
  }

  /** How many processes there are. */
  public int size() {
    return size;
  }

  /** Whether this is the process that writes files and speaks. */
  public boolean first() {
    return rank == 0;
  }

  /** Where this process computes. */
  public Device device() {
    return device;
  }

  /** Whether an item, counted from 0 over all processes, falls to this one. */
  public boolean takes(long item) {
    return item % size == rank;
  }

  /** Means of numbers over all processes. */
  public double[] mean(double... values) {
    return together(values, flat -> reduce(flat).mulInPlace(1.0 / size));
  }

  /** Whether it is so in at least one of them. */
  public boolean any(boolean here) {
    return mean(here ? 1 : 0)[0] > 0;
  }

  /** The first process's numbers. */
  public double[] ofFirst(double... values) {
    return together(values, this::spread);
  }

  private double[] together(double[] values, Consumer<Tensor> exchange) {
    if (size == 1) {
      return values.clone();
    }
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Tensor flat = Tensor.of(values, values.length).to(device);
      exchange.accept(flat);
      return flat.toDoubleArray();
    }
  }

  /** Puts the first process's numbers into the tensors of all. */
  public void spread(Collection<Tensor> tensors) {
    inBuckets(tensors.stream().map(Tensor::detach), this::spread);
  }

  /**
   * Puts the mean over all processes into the gradients of each; one without a gradient has none in
   * all of them.
   */
  public void meanGradients(Collection<Tensor> parameters) {
    inBuckets(
        parameters.stream().map(Tensor::grad).filter(gradient -> gradient != null),
        flat -> reduce(flat).mulInPlace(1.0 / size));
  }

  /** Exchanges tensors laid one after the other in few buffers: few large messages. */
  private void inBuckets(java.util.stream.Stream<Tensor> tensors, Consumer<Tensor> exchange) {
    if (size == 1) {
      return;
    }
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      List<Tensor> bucket = new ArrayList<>();
      long numbers = 0;
      for (Tensor tensor : tensors.toList()) {
        bucket.add(tensor);
        numbers += tensor.count();
        if (numbers >= BUCKET) {
          exchange(bucket, exchange);
          bucket.clear();
          numbers = 0;
        }
      }
      if (!bucket.isEmpty()) {
        exchange(bucket, exchange);
      }
    }
  }

  private static void exchange(List<Tensor> bucket, Consumer<Tensor> exchange) {
    try (TorchScope _ = TorchScope.open()) {
      Tensor flat = Ops.cat(0, bucket.stream().map(t -> t.to(DType.F32).reshape(-1)).toList());
      exchange.accept(flat);
      long at = 0;
      for (Tensor tensor : bucket) {
        tensor.copyInPlace(flat.narrow(0, at, tensor.count()).reshape(tensor.shape()));
        at += tensor.count();
      }
    }
  }

  /** Sums over all processes in place. */
  private Tensor reduce(Tensor flat) {
    await(() -> group.allreduce(new TensorVector(flat.handle())));
    return flat;
  }

  private void spread(Tensor flat) {
    BroadcastOptions options = new BroadcastOptions();
    options.rootRank(0);
    options.rootTensor(0);
    await(() -> group.broadcast(new TensorVector(flat.handle()), options));
  }

  private void await(Supplier<Work> started) {
    try {
      Work work = started.get();
      if (work._wait()) {
        return;
      }
    } catch (RuntimeException e) {
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      throw new Lost("process %d of %d: %s".formatted(rank + 1, size, firstLine(e)), e);
    }
    throw new Lost("process %d of %d: no answer".formatted(rank + 1, size), null);
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown fault");
  }

  /** Leaves the group; the others lose this process. */
  @Override
  public void close() {
    owned.forEach(Pointer::deallocate);
    owned.clear();
  }
}
