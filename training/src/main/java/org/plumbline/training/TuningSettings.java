package org.plumbline.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Ia3;
import org.plumbline.model.adapter.PTuning;
import org.plumbline.model.adapter.PrefixTuning;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.LocatedYaml;

/**
 * Keys of every stage that trains: which tensors are.
 *
 * @param method how; absent: what the stage does without
 * @param lora read for lora, rslora, dora, lora+ and qlora
 * @param adalora read for adalora
 * @param ia3 read for ia3
 * @param bottleneck read for bottleneck
 * @param virtualTokens read for prompt-tuning, prefix-tuning and p-tuning
 * @param freeze read for full
 * @param modulesToSave modules of the base that are trained whole beside the adapter, as {@link
 *     Extras} names them
 * @param gradientCheckpointing true to compute layers again for gradients instead of keeping all
 *     that they need; qlora always does
 */
public record TuningSettings(
    Optional<TuningMethod> method,
    @Default("{}") LoraSettings lora,
    @Default("{}") AdaLoraSettings adalora,
    @Default("{}") Ia3Settings ia3,
    @Default("{}") BottleneckSettings bottleneck,
    @Default("{}") VirtualTokenSettings virtualTokens,
    @Default("{}") FreezeSettings freeze,
    List<String> modulesToSave,
    @Default("false") boolean gradientCheckpointing) {
  public TuningSettings {
    Check.that(
        !gradientCheckpointing || method.filter(m -> m == TuningMethod.PREFIX_TUNING).isEmpty(),
        () ->
            "gradient_checkpointing=true does not go with method: prefix-tuning, whose keys and values stand in all layers at once; remove one");
    Check.that(
        modulesToSave.isEmpty() || method.filter(m -> m == TuningMethod.FULL).isEmpty(),
        () ->
            "modules_to_save=%s are trained beside an adapter, but method: full trains every module; name another method, such as lora, or leave them out"
                .formatted(modulesToSave));
  }

  /** The same with the method that the stage has where none is given. */
  public TuningSettings orElse(TuningMethod absent) {
    return with(method.orElse(absent), gradientCheckpointing);
  }

  /** The same with another method, with layers computed again or without. */
  public TuningSettings with(TuningMethod other, boolean checkpointing) {
    return new TuningSettings(
        Optional.of(other),
        lora,
        adalora,
        ia3,
        bottleneck,
        virtualTokens,
        freeze,
        modulesToSave,
        checkpointing);
  }

  /** The same without modules of the base that are trained whole. */
  public TuningSettings withoutModules() {
    return new TuningSettings(
        method,
        lora,
        adalora,
        ia3,
        bottleneck,
        virtualTokens,
        freeze,
        List.of(),
        gradientCheckpointing);
  }

  /** A method at its defaults. */
  public static TuningSettings of(TuningMethod method, boolean checkpointing) {
    return ConfigReader.read(TuningSettings.class, LocatedYaml.parse("defaults", "{}"), "tuning")
        .with(method, checkpointing);
  }

  /** Whether the base itself is trained. */
  public boolean isFull() {
    return chosen() == TuningMethod.FULL;
  }

  /** The method; only after {@link #orElse}. */
  public TuningMethod chosen() {
    return method.orElseThrow();
  }

  /** Whether texts get virtual tokens in front, which packed rows have no place for. */
  public boolean hasVirtualTokens() {
    return switch (chosen()) {
      case PROMPT_TUNING, PREFIX_TUNING, P_TUNING -> true;
      default -> false;
    };
  }

  /** Share of adapters' inputs that is dropped. */
  public double dropout() {
    return switch (chosen()) {
      case LORA, RSLORA, DORA, LORA_PLUS, QLORA -> lora.dropout();
      case ADALORA -> adalora.dropout();
      default -> 0;
    };
  }

  /** Learning rate of B matrices over that of all else. */
  public double rateRatio() {
    return chosen() == TuningMethod.LORA_PLUS ? lora.learningRateRatio() : 1;
  }

  /** How a base is opened to be trained like this. */
  public LoadOptions options(Precision precision, String device) {
    boolean packed = chosen() == TuningMethod.QLORA;
    return new LoadOptions(precision.dtype(), isFull(), device)
        .withCheckpointing(gradientCheckpointing || packed)
        .withFourBit(packed);
  }

  /**
   * Makes what is trained on a model: nothing new for full fine-tuning, where layers may be frozen,
   * else an adapter, whose head, if any, starts as the model's own.
   *
   * @param name of the adapter
   * @param steps optimizer steps of the training
   * @return the adapter, or none
   */
  public List<Adapter> begin(
      TransformerModel model,
      TextTokenizer tokenizer,
      String name,
      Extras extras,
      long steps,
      long seed) {
    if (isFull()) {
      model.freeze(freeze.layers(), freeze.embeddings());
      if (model.parameters().isEmpty()) {
        throw new UserException(
            "freeze.layers=%d leaves nothing to train; the model has %d layers"
                .formatted(freeze.layers(), model.config().layers()));
      }
      return List.of();
    }
    try {
      AdapterMethod chosen = adapter(model, tokenizer, steps);
      return List.of(model.addAdapter(name, chosen, extras.with(modulesToSave), seed));
    } catch (IllegalArgumentException e) {
      throw new UserException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The adapter's shape.
   *
   * @param tokenizer for the text that prompt tuning starts from
   * @param steps optimizer steps of the training
   */
  AdapterMethod adapter(TransformerModel model, TextTokenizer tokenizer, long steps) {
    return adapter(model.config(), ids(tokenizer), steps);
  }

  /**
   * The adapter's shape on a base that need not exist yet.
   *
   * @param steps optimizer steps of the training; they change no shape
   */
  public AdapterMethod adapter(TransformerConfig base, long steps) {
    return adapter(base, List.of(), steps);
  }

  private AdapterMethod adapter(TransformerConfig base, List<Integer> text, long steps) {
    int count = virtualTokens.count();
    int width = virtualTokens.encoderWidth();
    return switch (chosen()) {
      case LORA, RSLORA, DORA, LORA_PLUS, QLORA -> lora.toConfig(chosen());
      case ADALORA -> adalora.toConfig(steps);
      case IA3 -> ia3(TensorLayout.of(base));
      case BOTTLENECK -> bottleneck.toConfig();
      case PROMPT_TUNING -> new PromptTuning(count, text);
      case PREFIX_TUNING ->
          new PrefixTuning(
              count, width, virtualTokens.layers() == VirtualTokenSettings.Layers.INPUT);
      case P_TUNING -> new PTuning(count, width);
      case FULL -> throw new IllegalStateException("full fine-tuning has no adapter");
    };
  }

  /** Read where prompt tuning starts from a text. */
  private List<Integer> ids(TextTokenizer tokenizer) {
    return chosen() != TuningMethod.PROMPT_TUNING || virtualTokens.text().isEmpty()
        ? List.of()
        : IntStream.of(tokenizer.encode(virtualTokens.text(), false)).boxed().toList();
  }

  /** Keys, values and the MLP's last layer, where none are named. */
  private Ia3 ia3(TensorLayout layout) {
    List<String> down = modules(layout, Role.DOWN);
    List<String> targets = new ArrayList<>(ia3.targets());
    if (targets.isEmpty()) {
      targets.addAll(modules(layout, Role.KEY));
      targets.addAll(modules(layout, Role.VALUE));
      targets.addAll(modules(layout, Role.QUERY_KEY_VALUE));
      targets.addAll(modules(layout, Role.GROUPED_QUERY_KEY_VALUE));
      targets.addAll(down);
    }
    return new Ia3(targets, ia3.feedForward().isEmpty() ? down : ia3.feedForward());
  }

  private static List<String> modules(TensorLayout layout, Role role) {
    return layout.find(role, 0, false).map(TensorRef::module).stream()
        .map(module -> module.substring(module.indexOf(".0.") + 3))
        .toList();
  }
}
