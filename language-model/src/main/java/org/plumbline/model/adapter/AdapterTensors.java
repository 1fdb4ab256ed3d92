package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.SplittableRandom;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;

/** Where an adapter's tensors come from: a fresh start, or a folder. */
interface AdapterTensors {
  /** The base's sizes. */
  TransformerConfig base();

  /** The base's tensors. */
  TensorLayout layout();

  /** The shape of a stored tensor; empty where it is not stored, as nothing is at a fresh start. */
  Optional<long[]> stored(String name);

  /** True where tensors are read: what is stored decides which modules are tuned. */
  boolean fromFolder();

  /**
   * A trained tensor.
   *
   * @param name under which it is saved
   * @param start gives the values of a fresh one
   */
  Parameter parameter(String name, Start start, long... shape);

  /**
   * Values in memory of the engine's own. An array made from Java's lies in a direct buffer, and of
   * those there may be no more than the Java heap is large: too few for hundreds of adapters.
   */
  static NDArray held(NDManager owner, float[] values, Shape shape) {
    try (NDArray borrowed = owner.create(values, shape)) {
      return borrowed.duplicate();
    }
  }

  /** Values of the base's tensor as it is stored. */
  float[] baseValues(TensorRef ref);

  /** Fills the values of a fresh tensor. */
  @FunctionalInterface
  interface Start {
    /**
     * Fills.
     *
     * @param seed of the adapter
     */
    void fill(float[] values, long seed);

    /** All 0. */
    Start ZEROS = (values, seed) -> {};

    /** All 1. */
    Start ONES = (values, seed) -> java.util.Arrays.fill(values, 1f);

    /** N(0, deviation²), a stream per key. */
    static Start normal(String key, double deviation) {
      return (values, seed) ->
          org.plumbline.model.tensor.Gaussians.fill(values, deviation, random(key, seed));
    }

    /** U(−bound, bound), a stream per key. */
    static Start uniform(String key, double bound) {
      return (values, seed) -> {
        SplittableRandom random = random(key, seed);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
      };
    }

    private static SplittableRandom random(String key, long seed) {
      return new SplittableRandom(seed ^ key.hashCode() * 0x9E3779B97F4A7C15L);
    }
  }
}
