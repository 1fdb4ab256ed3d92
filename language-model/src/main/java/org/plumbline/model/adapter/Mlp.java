package org.plumbline.model.adapter;

import java.util.List;
import org.plumbline.model.tensor.Parameter;

/** The small networks that virtual tokens come out of while training. */
final class Mlp {
  private Mlp() {}

  /** Adds weights and biases in turn, as torch starts them: U(−1/√in, 1/√in). */
  static void add(
      AdapterTensors tensors, List<Parameter> into, String prefix, List<Integer> widths) {
    for (int i = 1; i < widths.size(); i++) {
      int in = widths.get(i - 1);
      int out = widths.get(i);
      // Activations stand between the layers and count in torch's numbering.
      String name = "%s.%d".formatted(prefix, 2 * (i - 1));
      double bound = 1 / Math.sqrt(in);
      into.add(
          tensors.parameter(name + ".weight", AdapterTensors.Start.uniform(name, bound), out, in));
      into.add(
          tensors.parameter(
              name + ".bias", AdapterTensors.Start.uniform(name + ".bias", bound), out));
    }
  }
}
