package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.quantization.QuantizedFolder;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.testing.Golden;
import org.plumbline.testing.PythonEnv;

/**
 * Folders that we quantised, read by transformers with bitsandbytes: the same weights, and in 4
 * bits the same logits. Runs with {@code -Dplumbline.python=…}.
 */
@Tag("contract")
class QuantizedInTransformersTest {
  @TempDir private Path folder;

  private record Case(Path folder, Scheme scheme, int layers) {}

  @Test
  void transformersReadsWhatWeQuantise() throws IOException {
    PythonEnv.assume();
    List<Case> cases = new ArrayList<>();
    Path llama = ModelQuantizerTest.llama(folder.resolve("llama"));
    add(cases, llama, "nf4", Scheme.NF4, true);
    add(cases, llama, "nf4-plain", Scheme.NF4, false);
    add(cases, llama, "int8", Scheme.INT8, false);
    // Tied embeddings, fused matrices, and GPT-2's, which are kept turned round.
    for (String family : List.of("gemma2", "glm", "phi3", "qwen3")) {
      add(cases, Path.of("src/test/resources/families", family), family, Scheme.NF4, true);
    }
    for (Path golden : Golden.directories("architectures")) {
      if (List.of("gpt2", "qwen2").contains(GoldenModel.modelType(golden))
          && GoldenModel.isCausal(golden)
          && TransformerConfig.read(golden).dtype() == DType.F32) {
        add(cases, golden, String.valueOf(golden.getFileName()), Scheme.NF4, true);
      }
    }
    JsonNode answers = ask(cases);
    Assumptions.assumeTrue(answers.isArray(), "no bitsandbytes in that Python");
    assertThat(answers).hasSameSizeAs(cases);
    for (int i = 0; i < cases.size(); i++) {
      compare(cases.get(i), answers.get(i));
    }
  }

  private void add(List<Case> cases, Path source, String name, Scheme scheme, boolean doubled)
      throws IOException {
    Path target = folder.resolve(name + "-packed");
    int layers = ModelQuantizerTest.quantize(source, target, scheme, doubled).packed();
    cases.add(new Case(target, scheme, layers));
  }

  private JsonNode ask(List<Case> cases) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode asked = mapper.createArrayNode();
    for (Case one : cases) {
      try (TransformerModel model = TransformerModel.load(one.folder(), LoadOptions.frozen())) {
        asked
            .addObject()
            .put("folder", one.folder().toString())
            .set("rows", mapper.valueToTree(ModelQuantizerTest.rows(model.config())));
      }
    }
    Path file = folder.resolve("cases.json");
    mapper.writeValue(file.toFile(), asked);
    try (InputStream source =
        QuantizedInTransformersTest.class.getResourceAsStream("quantized_folders.py")) {
      String script =
          new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
      return mapper.readTree(PythonEnv.run(script, file.toString()));
    }
  }

  private static void compare(Case ours, JsonNode theirs) {
    String name = ours.folder().getFileName().toString();
    assertThat(theirs.path("unexpected")).as(name).isEmpty();
    assertThat(theirs.path("missing")).as(name).isEmpty();
    assertThat(theirs.path("layers").asInt()).as(name).isEqualTo(ours.layers());
    theirs.path("weights").properties().forEach(e -> weight(ours, e.getKey(), e.getValue()));
    if (!ours.scheme().fourBit()) {
      return;
    }
    try (TransformerModel model = TransformerModel.load(ours.folder(), LoadOptions.frozen())) {
      List<int[]> rows = ModelQuantizerTest.rows(model.config());
      List<float[][]> logits = GoldenModel.logits(model, rows, List.of());
      for (int b = 0; b < rows.size(); b++) {
        for (int t = 0; t < rows.get(b).length; t++) {
          for (int v = 0; v < logits.get(b)[t].length; v++) {
            assertThat((double) logits.get(b)[t][v])
                .as("%s row %d position %d token %d", name, b, t, v)
                .isCloseTo(theirs.path("logits").path(b).path(t).path(v).asDouble(), within(2e-4));
          }
        }
      }
    }
  }

  private static void weight(Case ours, String name, JsonNode values) {
    try (WeightFolder weights = WeightFolder.open(ours.folder());
        NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager)) {
      float[] found =
          new QuantizedFolder(weights, carrier)
              .unpacked(manager, name, DType.F32, false)
              .orElseThrow()
              .toFloatArray();
      assertThat(found).hasSize(values.size());
      for (int i = 0; i < found.length; i++) {
        assertThat((double) found[i])
            .as("%s %s %d", ours.folder(), name, i)
            .isCloseTo(values.get(i).asDouble(), within(1e-6));
      }
    }
  }
}
