package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A llama that says one given text after each prompt that ends with a line break, as the chat
 * template's do. Its layers pass the last token on; the output head maps it to its successor, which
 * is all but certain.
 */
final class SuccessorModel {
  static {
    Cli.beforeTheEngineStarts();
  }

  private SuccessorModel() {}

  /**
   * Writes the folder.
   *
   * @param text whose tokens all differ, without a line break
   */
  static Path write(Path folder, String text) {
    ByteLevelBpeTrainer.train(List.of("no merges").iterator(), 259, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int eos = tokenizer.specialTokens().eos().orElseThrow().id();
      int[] chain = tokenizer.encode("\n" + text, false);
      if (Arrays.stream(chain).distinct().count() < chain.length) {
        throw new IllegalArgumentException("a token occurs twice in " + text);
      }
      SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(eos), OptionalInt.of(eos));
      int vocabulary = tokenizer.vocabSize();
      int hidden = (vocabulary + 3) / 4 * 4;
      TransformerConfig config =
          NewModels.llama(new LlamaSize(vocabulary, hidden, 4, 1, 2, 2, 256, 10_000, false), ids);
      config.write(folder);
      GenerationConfig.of(ids).write(folder);
      writeWeights(folder, config, chain, eos);
    }
    return folder;
  }

  private static void writeWeights(Path folder, TransformerConfig config, int[] chain, int eos) {
    List<TensorRef> tensors = TensorLayout.of(config).all();
    List<TensorSpec> specs =
        tensors.stream()
            .map(
                ref ->
                    new TensorSpec(
                        ref.name(),
                        DType.F32,
                        ref.shape().stream().mapToLong(Long::longValue).toArray()))
            .toList();
    try (WeightFolderWriter writer = WeightFolderWriter.create(folder, specs)) {
      for (int i = 0; i < specs.size(); i++) {
        writer.write(
            specs.get(i).name(),
            values(tensors.get(i).role(), (int) specs.get(i).elements(), config, chain, eos));
      }
      writer.finish();
    }
  }

  private static float[] values(
      Role role, int size, TransformerConfig config, int[] chain, int eos) {
    float[] values = new float[size];
    int hidden = config.hiddenSize();
    switch (role) {
      case ATTENTION_NORM, MLP_NORM, FINAL_NORM -> Arrays.fill(values, 1);
      case TOKEN_EMBEDDING -> {
        for (int id = 0; id < config.vocabSize(); id++) {
          values[id * hidden + id] = 1;
        }
      }
      case LM_HEAD -> {
        for (int t = 0; t < chain.length; t++) {
          int next = t + 1 < chain.length ? chain[t + 1] : eos;
          values[next * hidden + chain[t]] = 1;
        }
      }
      default -> {}
    }
    return values;
  }
}
