package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenLoss;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/** Masks, loss, accuracy and gradient equal TRL's SFT loss on fixed logits. */
@Tag("parity")
class SftLossParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final int NO_LOSS = -100;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Golden.require("losses");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Golden.files("losses", ".json")) {
      JsonNode golden = JsonNumbers.read(file);
      JsonNode inputs = golden.path("inputs");
      boolean ours =
          inputs.has("examples") && inputs.path("examples").path(0).has("completion_mask");
      if (ours && inputs.has("logits")) {
        StreamSupport.stream(golden.path("cases").spliterator(), false)
            .map(c -> DynamicTest.dynamicTest(c.path("name").asText(), () -> check(inputs, c)))
            .forEach(tests::add);
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static void check(JsonNode inputs, JsonNode wanted) {
    JsonNode config = wanted.path("config");
    TokenLoss form =
        new TokenLoss(
            config.path("loss_type").asText().equals("dft"),
            config.path("label_smoothing_factor").asDouble());
    List<EncodedDialogue> rows = rows(inputs, config.path("mask").asText(), wanted.path("labels"));
    LossTargets targets = LossTargets.of(rows);
    long[] shape = JsonNumbers.shape(inputs.path("logits"));
    assertThat(targets.batch().width()).isEqualTo((int) shape[1]);
    int vocabulary = (int) shape[2];
    float[] logits = JsonNumbers.floats(inputs.path("logits"));
    float[] picked = new float[targets.index().length * vocabulary];
    for (int i = 0; i < targets.index().length; i++) {
      System.arraycopy(
          logits, (int) targets.index()[i] * vocabulary, picked, i * vocabulary, vocabulary);
    }
    double items = config.path("num_items_in_batch").asDouble(targets.ids().length);
    float[] weights = new float[targets.ids().length];
    Arrays.fill(weights, (float) (1 / items));
    try (TransformerModel model = identity(vocabulary);
        NDManager scope = model.newScope()) {
      NDArray hidden = scope.create(picked, new Shape(targets.ids().length, vocabulary));
      NllResult result = model.nll(scope, hidden, targets.ids(), weights, List.of(), form);
      JsonNode expected = wanted.path("expected");
      close(result.loss(), expected.path("loss").asDouble());
      double hits = 0;
      for (float hit : result.hits()) {
        hits += hit;
      }
      close(
          hits / targets.ids().length,
          expected.path("metrics").path("mean_token_accuracy").asDouble());
      float[] rowGrad = result.rowGrad().toFloatArray();
      float[] grad = new float[logits.length];
      for (int i = 0; i < targets.index().length; i++) {
        System.arraycopy(
            rowGrad, i * vocabulary, grad, (int) targets.index()[i] * vocabulary, vocabulary);
      }
      assertNumbers(grad)
          .isCloseTo(JsonNumbers.floats(expected.path("grad_logits")), TOLERANCE, TOLERANCE);
    }
  }

  private static void close(double actual, double expected) {
    assertNumbers(actual).isCloseTo(new double[] {expected}, TOLERANCE, TOLERANCE);
  }

  /** The examples under a mask; the golden labels must say the same. */
  private static List<EncodedDialogue> rows(JsonNode inputs, String mask, JsonNode labels) {
    List<EncodedDialogue> rows = new ArrayList<>();
    for (JsonNode example : inputs.path("examples")) {
      int[] ids = JsonNumbers.ints(example.path("input_ids"));
      boolean[] loss = new boolean[ids.length];
      Arrays.fill(loss, true);
      for (String part : mask.split("\\+")) {
        String key = part.equals("assistant") ? "assistant_masks" : part + "_mask";
        for (int t = 0; t < ids.length && !part.equals("all"); t++) {
          loss[t] &= example.path(key).path(t).asInt() == 1;
        }
      }
      JsonNode row = labels.get(rows.size());
      for (int t = 0; t < row.size(); t++) {
        int label = t < ids.length && loss[t] ? ids[t] : NO_LOSS;
        assertThat(label).as("label %d of row %d", t, rows.size()).isEqualTo(row.get(t).asInt());
      }
      rows.add(new EncodedDialogue(ids, loss));
    }
    return rows;
  }

  /** A model whose output head is the identity, so that hidden states are logits. */
  private static TransformerModel identity(int vocabulary) {
    TransformerModel model =
        TransformerModel.create(
            NewModels.llama(
                new LlamaSize(vocabulary, vocabulary, 8, 1, 1, 1, 16, 10_000, false),
                new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.of(0))),
            TinyModel.TRAINED,
            1);
    float[] one = new float[vocabulary * vocabulary];
    for (int v = 0; v < vocabulary; v++) {
      one[v * vocabulary + v] = 1;
    }
    Parameter head =
        model.parameters().stream()
            .filter(p -> p.name().equals("lm_head.weight"))
            .findFirst()
            .orElseThrow();
    model.carrier().write(head.value(), one);
    return model;
  }
}
