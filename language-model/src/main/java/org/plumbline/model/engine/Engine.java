package org.plumbline.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import org.plumbline.model.OfflineDjl;

/** Starts PyTorch once per process: offline, predictable, on one device. */
public final class Engine {
  private static final Object LOCK = new Object();
  private static boolean started;
  private static int threads;

  private Engine() {}

  /**
   * A root manager on the device; close it when the model goes.
   *
   * @param device {@code auto} (the first GPU, else the CPU), {@code cpu} or {@code cuda:N}
   * @throws IllegalArgumentException if the device is unknown or absent
   */
  public static NDManager manager(String device) {
    start();
    return NDManager.newBaseManager(device(device), "PyTorch");
  }

  /** Loads the natives if this has not happened yet. */
  public static void start() {
    synchronized (LOCK) {
      if (!started) {
        OfflineDjl.set();
        ai.djl.engine.Engine.getEngine("PyTorch");
        // Without the optimising executor the first calls cost what later ones do, and results
        // never change between the first and the third call.
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
        threads = JniUtils.getNumThreads();
        started = true;
      }
    }
  }

  /** Number of threads that one operation may use. */
  public static int threads() {
    start();
    return threads;
  }

  /**
   * Whether this machine multiplies bfloat16 matrices in hardware: a GPU, or a CPU whose flags name
   * it. Elsewhere the engine imitates it, slower than float32.
   */
  public static boolean nativeBfloat16() {
    return gpus() > 0 || CpuFlags.bfloat16(Path.of("/proc/cpuinfo"));
  }

  /** Engine and version, as in {@code PyTorch 2.7.1}. */
  public static String version() {
    start();
    return "PyTorch " + ai.djl.engine.Engine.getEngine("PyTorch").getVersion();
  }

  /** Number of GPUs that the engine sees. */
  public static int gpus() {
    start();
    return ai.djl.engine.Engine.getEngine("PyTorch").getGpuCount();
  }

  static PtNDManager pt(NDManager manager) {
    return (PtNDManager) manager;
  }

  private static Device device(String name) {
    int gpus = gpus();
    if (name.equals("auto")) {
      return gpus > 0 ? Device.gpu(0) : Device.cpu();
    }
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    if (name.startsWith("cuda:")) {
      int index = Integer.parseInt(name.substring("cuda:".length()));
      if (index < gpus) {
        return Device.gpu(index);
      }
      throw new IllegalArgumentException(
          "device=%s but %s; needed: auto, cpu or a GPU that the engine sees. A GPU needs CUDA natives of PyTorch 2.7.1 (PYTORCH_LIBRARY_PATH)."
              .formatted(name, gpus == 0 ? "the engine sees no GPU" : "the engine sees " + gpus));
    }
    throw new IllegalArgumentException(
        "device=%s is unknown; needed: auto, cpu or cuda:N".formatted(name));
  }
}
