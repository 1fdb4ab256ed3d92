package org.plumbline.model.config;

import java.nio.file.Path;
import java.util.List;
import org.plumbline.model.ModelFormatException;

/** The families this build knows. */
public final class ModelFamilies {
  private static final List<ModelFamily> ALL =
      List.of(
          new Gpt2Family(),
          new LlamaFamily(),
          new Qwen2Family(),
          new Qwen3Family(),
          new MistralFamily(),
          new MixtralFamily(),
          new Gemma2Family(),
          new Gemma3Family(),
          new Phi3Family(),
          new GlmFamily(),
          new ChatGlmFamily(),
          new InternLm2Family(),
          new BaichuanFamily(),
          new BertFamily());

  private ModelFamilies() {}

  /** Their {@code model_type} values. */
  public static List<String> supported() {
    return ALL.stream().map(ModelFamily::modelType).toList();
  }

  static ModelFamily of(Path file, String modelType) {
    return ALL.stream()
        .filter(family -> family.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    "%s: model_type is \"%s\"; supported: %s"
                        .formatted(file, modelType, String.join(", ", supported()))));
  }
}
