package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.generation.EncoderScorer;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tokenizer.EncodedPair;
import org.plumbline.testing.Golden;

/** Encoders' hidden states, embeddings and masked loss equal transformers' (float32). */
@Tag("parity")
class EncoderParityTest {
  @TestFactory
  Stream<DynamicTest> hiddenStatesAndTheirMeans() {
    return Golden.perDirectory(
        "architectures",
        GoldenModel.holds("right.hidden"),
        folder -> {
          try (SafetensorsFile file = open(folder)) {
            List<EncodedPair> texts = texts(file, "right");
            float[] want = file.readFloats("right.hidden");
            int[] shape =
                Arrays.stream(file.tensor("right.hidden").spec().shape())
                    .mapToInt(Math::toIntExact)
                    .toArray();
            try (TransformerModel model = TransformerModel.load(folder, LoadOptions.frozen())) {
              List<float[]> means =
                  new EncoderScorer(model, 2, done -> {}).embeddings(texts, List.of());
              for (int b = 0; b < texts.size(); b++) {
                for (int h = 0; h < shape[2]; h++) {
                  double mean = 0;
                  for (int t = 0; t < texts.get(b).length(); t++) {
                    mean += want[(b * shape[1] + t) * shape[2] + h];
                  }
                  assertThat((double) means.get(b)[h])
                      .isCloseTo(mean / texts.get(b).length(), within(2e-4));
                }
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> lossOfMaskedTokens() {
    return Golden.perDirectory(
        "architectures",
        GoldenModel.holds("right.mlm_loss"),
        folder -> {
          try (SafetensorsFile file = open(folder)) {
            List<int[]> rows = GoldenModel.rows(file, "right.input_ids", "right.attention_mask");
            List<int[]> labels = GoldenModel.rows(file, "right.mlm_labels", "right.attention_mask");
            try (TransformerModel model = TransformerModel.load(folder, LoadOptions.full());
                NDManager scope = model.newScope()) {
              TokenBatch batch = GoldenModel.batch(file, rows, "right");
              List<Long> index = new ArrayList<>();
              List<Long> targets = new ArrayList<>();
              for (int b = 0; b < rows.size(); b++) {
                for (int t = 0; t < rows.get(b).length; t++) {
                  if (labels.get(b)[t] >= 0) {
                    index.add(batch.index(b, t));
                    targets.add((long) labels.get(b)[t]);
                  }
                }
              }
              float[] weights = new float[targets.size()];
              Arrays.fill(weights, 1f / weights.length);
              long[] at = index.stream().mapToLong(Long::longValue).toArray();
              NllResult loss =
                  model.nll(
                      scope,
                      model.hidden(scope, batch, at, List.of()),
                      targets.stream().mapToLong(Long::longValue).toArray(),
                      weights,
                      List.of());
              assertThat(loss.loss()).isCloseTo(file.readFloats("right.mlm_loss")[0], within(1e-5));
            }
          }
        });
  }

  private static List<EncodedPair> texts(SafetensorsFile file, String side) {
    List<int[]> rows = GoldenModel.rows(file, side + ".input_ids", side + ".attention_mask");
    List<int[]> types = GoldenModel.rows(file, side + ".token_type_ids", side + ".attention_mask");
    List<EncodedPair> texts = new ArrayList<>();
    for (int b = 0; b < rows.size(); b++) {
      texts.add(new EncodedPair(rows.get(b), types.get(b), new boolean[rows.get(b).length]));
    }
    return texts;
  }

  private static SafetensorsFile open(Path folder) {
    return SafetensorsFile.open(folder.resolve("expected.safetensors"));
  }
}
