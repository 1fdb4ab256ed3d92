package org.plumbline.model.architecture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Bottleneck;
import org.plumbline.model.adapter.Ia3;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.PTuning;
import org.plumbline.model.adapter.PrefixTuning;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.adapter.RankBudget;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;

/** Every tuning method with settings that show all it has, for models of any family. */
final class Tunings {
  private static final RankBudget BUDGET = new RankBudget(0, 0, 1, 10, 0.85, 0.85, 0.5);

  private Tunings() {}

  /** A LoRA whose settings are changed one by one. */
  record Shape(
      boolean rankStabilised,
      boolean dora,
      LoraStart start,
      TrainedBias bias,
      List<Integer> layers,
      Map<String, Integer> ranks,
      Map<String, Double> alphas) {
    static final Shape PLAIN =
        new Shape(false, false, LoraStart.NORMAL, TrainedBias.NONE, List.of(), Map.of(), Map.of());

    Lora on(List<String> targets) {
      return new Lora(3, 6, 0, targets, rankStabilised, dora, start, bias, layers, ranks, alphas);
    }
  }

  static Lora lora(UnaryOperator<Shape> change) {
    return change.apply(Shape.PLAIN).on(List.of(Lora.ALL_LINEAR));
  }

  static Lora dora() {
    return lora(s -> new Shape(true, true, s.start(), s.bias(), s.layers(), s.ranks(), s.alphas()));
  }

  /** Last part of a module's name. */
  static String last(TensorRef ref) {
    return ref.module().substring(ref.module().lastIndexOf('.') + 1);
  }

  static TensorRef down(TensorLayout layout) {
    return layout.get(Role.DOWN, 0, false);
  }

  /** The linear layer that makes keys, alone or among others. */
  static TensorRef keys(TensorLayout layout) {
    return layout.all().stream()
        .filter(ref -> !ref.bias() && ref.layer() == 0)
        .filter(
            ref ->
                switch (ref.role()) {
                  case KEY, QUERY_KEY_VALUE, GROUPED_QUERY_KEY_VALUE -> true;
                  default -> false;
                })
        .findFirst()
        .orElseThrow();
  }

  /** By the names that tests show. */
  static Map<String, AdapterMethod> all(TensorLayout layout) {
    String keys = last(keys(layout));
    // The whole end of the name, where attention's output is called like the MLP's.
    String module = down(layout).module();
    String down = module.substring(module.indexOf(".0.") + 3);
    String table = last(layout.get(Role.TOKEN_EMBEDDING, -1, false));
    Map<String, AdapterMethod> all = new LinkedHashMap<>();
    all.put("lora", lora(s -> s));
    all.put(
        "lora-swapped",
        lora(
            s ->
                new Shape(
                    false, false, LoraStart.SWAPPED, s.bias(), s.layers(), s.ranks(), s.alphas())));
    all.put(
        "lora-bias-patterns",
        lora(
            s ->
                new Shape(
                    false,
                    false,
                    LoraStart.KAIMING,
                    TrainedBias.ALL,
                    s.layers(),
                    Map.of(keys, 2),
                    Map.of("(?:.*\\.)?1\\..*", 9.0))));
    all.put(
        "lora-last-layer",
        lora(
            s ->
                new Shape(
                    false,
                    false,
                    s.start(),
                    TrainedBias.LORA_ONLY,
                    List.of(1),
                    s.ranks(),
                    s.alphas())));
    all.put("lora-embedding", Shape.PLAIN.on(List.of(table, keys)));
    all.put("lora-regex", Shape.PLAIN.on(List.of(".*\\.0\\..*" + keys)));
    all.put(
        "rslora",
        lora(s -> new Shape(true, false, s.start(), s.bias(), s.layers(), s.ranks(), s.alphas())));
    all.put("dora", dora());
    all.put("adalora", new AdaLora(4, 2, 8, 0, List.of(Lora.ALL_LINEAR), BUDGET));
    all.put("ia3", new Ia3(List.of(keys, down), List.of(down)));
    all.put("bottleneck", new Bottleneck(Bottleneck.Places.HOULSBY, 6, Bottleneck.Activation.GELU));
    all.put(
        "bottleneck-pfeiffer",
        new Bottleneck(Bottleneck.Places.PFEIFFER, 4, Bottleneck.Activation.TANH));
    all.put("prompt-tuning", new PromptTuning(3, List.of()));
    all.put("prefix-tuning", new PrefixTuning(3, 0, false));
    all.put("prefix-tuning-encoded", new PrefixTuning(3, 7, false));
    all.put("prefix-tuning-input", new PrefixTuning(3, 7, true));
    all.put("p-tuning", new PTuning(3, 9));
    return all;
  }

  /** Moves every trained tensor by noise. */
  static void shake(TransformerModel model, Adapter adapter) {
    SplittableRandom random = new SplittableRandom(11);
    for (Parameter parameter : adapter.parameters()) {
      float[] noise = new float[Math.toIntExact(parameter.size())];
      Gaussians.fill(noise, 0.2, random);
      float[] values = model.carrier().floats(parameter.value());
      for (int i = 0; i < values.length; i++) {
        values[i] += noise[i];
      }
      write(model, parameter, values);
    }
  }

  static void write(TransformerModel model, Parameter parameter, float[] values) {
    model.carrier().write(parameter.value(), values);
    parameter.changed().run();
  }
}
