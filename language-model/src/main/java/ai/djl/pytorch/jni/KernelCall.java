package ai.djl.pytorch.jni;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.List;

/**
 * Calls a TorchScript method with tensors, lists and plain numbers while a gradient graph may be
 * built. DJL's own {@code IValueUtils.runMethod} always runs without a graph, and its {@code
 * forward} takes tensors only; hence this class in DJL's package, beside what it needs.
 */
public final class KernelCall {
  private KernelCall() {}

  /**
   * Runs a method.
   *
   * @param owner the results belong to this manager
   * @param args {@link PtNDArray}, {@code List} of arrays, {@code Long}, {@code Integer}, {@code
   *     Double}, {@code Boolean}, {@code String}, {@code long[]} or {@code double[]}
   * @return the tensors that the method returned: one, or the parts of a tuple or list in order
   */
  public static NDList run(PtSymbolBlock module, String method, PtNDManager owner, Object... args) {
    IValue[] values = new IValue[args.length];
    long[] handles = new long[args.length];
    try {
      for (int i = 0; i < args.length; i++) {
        values[i] = value(args[i]);
        handles[i] = values[i].getHandle();
      }
      long result =
          PyTorchLibrary.LIB.moduleRunMethod(module.getHandle(), method, handles, true, false);
      try (IValue returned = new IValue(result)) {
        return returned.toNDList(owner);
      }
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private static IValue value(Object arg) {
    if (arg instanceof PtNDArray array) {
      return IValue.from(array);
    }
    if (arg instanceof List<?> list) {
      return list(list);
    }
    if (arg instanceof Boolean bool) {
      return IValue.from(bool.booleanValue());
    }
    if (arg instanceof Integer || arg instanceof Long) {
      return IValue.from(((Number) arg).longValue());
    }
    if (arg instanceof Double number) {
      return IValue.from(number.doubleValue());
    }
    if (arg instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    }
    if (arg instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    }
    if (arg instanceof String text) {
      return IValue.from(text);
    }
    throw new IllegalArgumentException("a kernel takes no " + arg.getClass().getName());
  }

  private static IValue list(List<?> list) {
    return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
  }
}
