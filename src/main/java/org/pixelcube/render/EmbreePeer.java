package org.pixelcube.render;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Embree 3 over one mesh, for comparison, where the system has {@code libembree3.so.3}. One device,
 * one scene, triangles of the default build; rays one by one. Not used to make pictures.
 */
@SuppressWarnings("restricted")
final class EmbreePeer implements AutoCloseable {
  private static final String LIBRARY = "libembree3.so.3";

  /** RTCRayHit: a ray of 48 bytes, a hit of 32, aligned to 16. */
  private static final int RAY_BYTES = 80;

  private static final int T_FAR = 32;
  private static final int HIT_U = 60;
  private static final int HIT_V = 64;
  private static final int TRIANGLE = 68;
  private static final int GEOMETRY = 72;

  private static final int BUFFER_INDEX = 0;
  private static final int BUFFER_VERTEX = 1;
  private static final int FORMAT_UINT3 = 0x5003;
  private static final int FORMAT_FLOAT3 = 0x9003;
  private static final int QUALITY_HIGH = 2;

  private final Arena arena;
  private final Library library;
  private final MemorySegment device;
  private final MemorySegment scene;

  /** The functions that are called. */
  private record Library(
      MethodHandle newDevice,
      MethodHandle releaseDevice,
      MethodHandle newScene,
      MethodHandle setSceneBuildQuality,
      MethodHandle commitScene,
      MethodHandle releaseScene,
      MethodHandle newGeometry,
      MethodHandle setNewGeometryBuffer,
      MethodHandle commitGeometry,
      MethodHandle attachGeometry,
      MethodHandle releaseGeometry,
      MethodHandle intersect,
      MethodHandle occluded) {

    static Library load(SymbolLookup symbols) {
      var pointer = ValueLayout.ADDRESS;
      var number = ValueLayout.JAVA_INT;
      var size = ValueLayout.JAVA_LONG;
      return new Library(
          find(symbols, "rtcNewDevice", FunctionDescriptor.of(pointer, pointer)),
          find(symbols, "rtcReleaseDevice", FunctionDescriptor.ofVoid(pointer)),
          find(symbols, "rtcNewScene", FunctionDescriptor.of(pointer, pointer)),
          find(symbols, "rtcSetSceneBuildQuality", FunctionDescriptor.ofVoid(pointer, number)),
          find(symbols, "rtcCommitScene", FunctionDescriptor.ofVoid(pointer)),
          find(symbols, "rtcReleaseScene", FunctionDescriptor.ofVoid(pointer)),
          find(symbols, "rtcNewGeometry", FunctionDescriptor.of(pointer, pointer, number)),
          find(
              symbols,
              "rtcSetNewGeometryBuffer",
              FunctionDescriptor.of(pointer, pointer, number, number, number, size, size)),
          find(symbols, "rtcCommitGeometry", FunctionDescriptor.ofVoid(pointer)),
          find(symbols, "rtcAttachGeometry", FunctionDescriptor.of(number, pointer, pointer)),
          find(symbols, "rtcReleaseGeometry", FunctionDescriptor.ofVoid(pointer)),
          find(symbols, "rtcIntersect1", FunctionDescriptor.ofVoid(pointer, pointer, pointer)),
          find(symbols, "rtcOccluded1", FunctionDescriptor.ofVoid(pointer, pointer, pointer)));
    }

    private static MethodHandle find(
        SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
      return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
    }
  }

  private EmbreePeer(Arena arena, Library library, MemorySegment device, MemorySegment scene) {
    this.arena = arena;
    this.library = library;
    this.device = device;
    this.scene = scene;
  }

  /** Builds over a mesh; empty where the library is not to be had or does not work. */
  static Optional<EmbreePeer> over(TriangleMesh mesh) {
    Arena arena = Arena.ofShared();
    try {
      // Never unloaded: its threads of work outlive the device.
      Library library = Library.load(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
      MemorySegment device =
          (MemorySegment) library.newDevice.invokeExact(arena.allocateFrom("threads=1"));
      if (device.address() == 0) {
        arena.close();
        return Optional.empty();
      }
      MemorySegment scene = (MemorySegment) library.newScene.invokeExact(device);
      EmbreePeer peer = new EmbreePeer(arena, library, device, scene);
      if (!peer.fill(mesh)) {
        peer.close();
        return Optional.empty();
      }
      return Optional.of(peer);
    } catch (Throwable e) {
      arena.close();
      if (e instanceof VirtualMachineError error) {
        throw error;
      }
      return Optional.empty();
    }
  }

  private boolean fill(TriangleMesh mesh) throws Throwable {
    library.setSceneBuildQuality.invokeExact(scene, QUALITY_HIGH);
    MemorySegment geometry = (MemorySegment) library.newGeometry.invokeExact(device, 0);
    MemorySegment vertices = buffer(geometry, BUFFER_VERTEX, FORMAT_FLOAT3, mesh.vertexCount());
    MemorySegment indices = buffer(geometry, BUFFER_INDEX, FORMAT_UINT3, mesh.triangleCount());
    boolean filled = vertices.address() != 0 && indices.address() != 0;
    if (filled) {
      MemorySegment.copy(
          mesh.positions(),
          0,
          vertices.reinterpret(12L * mesh.vertexCount()),
          ValueLayout.JAVA_FLOAT,
          0,
          3 * mesh.vertexCount());
      MemorySegment.copy(
          mesh.triangles(),
          0,
          indices.reinterpret(12L * mesh.triangleCount()),
          ValueLayout.JAVA_INT,
          0,
          3 * mesh.triangleCount());
      library.commitGeometry.invokeExact(geometry);
      int unused = (int) library.attachGeometry.invokeExact(scene, geometry);
      library.commitScene.invokeExact(scene);
    }
    library.releaseGeometry.invokeExact(geometry);
    return filled;
  }

  private MemorySegment buffer(MemorySegment geometry, int type, int format, int count)
      throws Throwable {
    return (MemorySegment)
        library.setNewGeometryBuffer.invokeExact(geometry, type, 0, format, 12L, (long) count);
  }

  /** Rays in the layout of the library, to be traced by one thread at a time. */
  final class Rays {
    private final int count;
    private final MemorySegment rays;
    private final MemorySegment context;

    /** Six floats to a ray, origin and direction, from 0 to infinity. */
    Rays(float[] data, int from, int to) {
      count = to - from;
      rays = arena.allocate((long) RAY_BYTES * count, 64);
      context = arena.allocate(64, 16);
      context.set(ValueLayout.JAVA_INT, 16, -1);
      for (int i = 0; i < count; i++) {
        long at = (long) RAY_BYTES * i;
        for (int k = 0; k < 3; k++) {
          rays.set(ValueLayout.JAVA_FLOAT, at + 4 * k, data[6 * (from + i) + k]);
          rays.set(ValueLayout.JAVA_FLOAT, at + 16 + 4 * k, data[6 * (from + i) + 3 + k]);
        }
        rays.set(ValueLayout.JAVA_INT, at + 36, -1);
      }
      reset();
    }

    /** Makes the rays fresh again. */
    void reset() {
      for (int i = 0; i < count; i++) {
        long at = (long) RAY_BYTES * i;
        rays.set(ValueLayout.JAVA_FLOAT, at + T_FAR, Float.POSITIVE_INFINITY);
        rays.set(ValueLayout.JAVA_INT, at + TRIANGLE, -1);
        rays.set(ValueLayout.JAVA_INT, at + GEOMETRY, -1);
        rays.set(ValueLayout.JAVA_INT, at + GEOMETRY + 4, -1);
      }
    }

    /** Traces every ray: to its nearest hit, or to any. */
    void trace(boolean any) {
      try {
        for (int i = 0; i < count; i++) {
          MemorySegment ray = rays.asSlice((long) RAY_BYTES * i, RAY_BYTES);
          if (any) {
            library.occluded.invokeExact(scene, context, ray);
          } else {
            library.intersect.invokeExact(scene, context, ray);
          }
        }
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    /** Whether a ray met something, after either kind of tracing. */
    boolean met(int i) {
      long at = (long) RAY_BYTES * i;
      return rays.get(ValueLayout.JAVA_INT, at + GEOMETRY) != -1
          || rays.get(ValueLayout.JAVA_FLOAT, at + T_FAR) == Float.NEGATIVE_INFINITY;
    }

    /** Where a ray met something. */
    void hit(int i, Hit out) {
      long at = (long) RAY_BYTES * i;
      out.t = rays.get(ValueLayout.JAVA_FLOAT, at + T_FAR);
      out.u = rays.get(ValueLayout.JAVA_FLOAT, at + HIT_U);
      out.v = rays.get(ValueLayout.JAVA_FLOAT, at + HIT_V);
      out.triangle = rays.get(ValueLayout.JAVA_INT, at + TRIANGLE);
    }
  }

  @Override
  public void close() {
    try {
      library.releaseScene.invokeExact(scene);
      library.releaseDevice.invokeExact(device);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    } finally {
      arena.close();
    }
  }
}
