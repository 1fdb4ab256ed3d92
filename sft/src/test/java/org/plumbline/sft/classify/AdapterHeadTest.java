package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Head;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.Json;

/** Heads that adapters bring along stand where PEFT looks for them. */
class AdapterHeadTest {
  private static final List<String> TAGS = List.of("B-x", "I-x", "O");

  @TempDir private static Path folder;
  private static Path bert;

  @BeforeAll
  static void write() throws IOException {
    bert = TinyWorld.encoder(folder.resolve("bert"), TinyWorld.write(folder.resolve("w"), 60));
    save("tags", Head.TOKEN_CLASSIFICATION, TAGS, 3);
    save("answers", Head.QUESTION_ANSWERING, List.of(), 2);
  }

  private static TransformerModel open(Head head, List<String> labels) {
    return TransformerModel.loadAs(bert, head, labels, LoadOptions.frozen(), 5);
  }

  private static void save(String name, Head head, List<String> labels, int outputs)
      throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    try (TransformerModel model = open(head, labels)) {
      Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
      model.saveAdapter(model.addAdapter("a", lora, outputs, 1), made, bert);
    }
  }

  private static void named(String name, String task, String module, int outputs)
      throws IOException {
    assertThat(Json.read(folder.resolve(name + "/adapter_config.json")).path("task_type").asText())
        .isEqualTo(task);
    assertThat(
            Json.read(folder.resolve(name + "/adapter_config.json")).path("modules_to_save").get(0))
        .hasToString('"' + module + '"');
    try (WeightFolder weights = WeightFolder.open(folder.resolve(name), "adapter_model")) {
      assertThat(weights.readFloats("base_model.model.%s.bias".formatted(module)))
          .hasSize(outputs)
          .containsOnly(0);
    }
  }

  @Test
  void tasksAndModulesAreThoseOfPeft() throws IOException {
    named("tags", "TOKEN_CLS", "classifier", 3);
    named("answers", "QUESTION_ANS", "qa_outputs", 2);
    try (TransformerModel model = open(Head.TOKEN_CLASSIFICATION, TAGS)) {
      Adapter loaded = model.loadAdapter("b", folder.resolve("tags"));
      assertThat(loaded.head().orElseThrow().value().getShape().getShape()).containsExactly(3, 64);
    }
  }

  @Test
  void basesOpenUnderTheTaskOfTheirAdapter() throws IOException {
    try (ModelBundle bundle = ModelBundle.open(folder.resolve("tags"), LoadOptions.frozen())) {
      assertThat(bundle.model().config().head()).isEqualTo(Head.TOKEN_CLASSIFICATION);
      assertThat(bundle.model().config().labels()).isEqualTo(TAGS);
      assertThat(bundle.active()).hasSize(1);
    }
  }

  @Test
  void aPoolerTravelsWithTheAdapter() throws IOException {
    Path made = Files.createDirectories(folder.resolve("texts"));
    List<int[]> rows = List.of(new int[] {2, 5, 6, 3}, new int[] {2, 7, 3});
    double[] before;
    try (TransformerModel model = open(Head.SEQUENCE_CLASSIFICATION, List.of("no", "yes"))) {
      Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
      Adapter adapter = model.addAdapter("a", lora, new Extras(2, List.of("pooler")), 1);
      Parameter head = adapter.head().orElseThrow();
      model.carrier().copy(head.value(), model.scoreHead(List.of()));
      head.changed().run();
      for (Parameter parameter : adapter.parameters()) {
        model.carrier().scale(List.of(parameter.value()), 1.5);
        parameter.changed().run();
      }
      before = first(model, rows, List.of(adapter));
      model.saveAdapter(adapter, made, bert);
      assertThat(first(model, rows, List.of())).isNotEqualTo(before);
    }
    try (ModelBundle bundle = ModelBundle.open(made, LoadOptions.frozen())) {
      assertThat(bundle.model().config().labels()).containsExactly("no", "yes");
      assertThat(first(bundle.model(), rows, bundle.active())).isEqualTo(before);
    }
  }

  private static double[] first(TransformerModel model, List<int[]> rows, List<Adapter> active) {
    TokenBatch batch = TokenBatch.of(rows);
    long[] index = {model.scoreIndex(batch, 0), model.scoreIndex(batch, 1)};
    try (NDManager scope = model.newScope()) {
      NDArray hidden = model.hidden(scope, batch, index, active);
      float[] scores = model.scores(scope, hidden, active, false).toFloatArray();
      return IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).toArray();
    }
  }

  @Test
  void aMaskedLanguageModelIsNoBaseForAHead() {
    try (TransformerModel model = TransformerModel.load(bert, LoadOptions.frozen())) {
      Path tags = folder.resolve("tags");
      assertThatThrownBy(() -> model.loadAdapter("b", tags))
          .isInstanceOf(ModelFormatException.class)
          .hasMessage(
              "%s brings a head (classifier) for a bare trunk, but its base is open as a masked language model; open the base under the adapter's task"
                  .formatted(tags));
    }
  }

  @Test
  void aBiasThatIsNotZeroIsRefused() throws IOException {
    Path biased = Files.createDirectories(folder.resolve("biased"));
    Files.copy(folder.resolve("tags/adapter_config.json"), biased.resolve("adapter_config.json"));
    String bias = "base_model.model.classifier.bias";
    try (WeightFolder weights = WeightFolder.open(folder.resolve("tags"), "adapter_model")) {
      List<TensorSpec> specs = new ArrayList<>();
      weights.names().forEach(name -> specs.add(weights.tensor(name).spec()));
      try (WeightFolderWriter writer =
          WeightFolderWriter.create(biased, "adapter_model", specs, Long.MAX_VALUE)) {
        for (TensorSpec spec : specs) {
          float[] values = weights.readFloats(spec.name());
          ByteBuffer bytes =
              ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (float value : values) {
            bytes.putFloat(spec.name().equals(bias) ? 0.5f : value);
          }
          assertThat(spec.dtype()).isEqualTo(DType.F32);
          writer.write(spec.name(), bytes.flip());
        }
        writer.finish();
      }
    }
    try (TransformerModel model = open(Head.TOKEN_CLASSIFICATION, TAGS)) {
      assertThatThrownBy(() -> model.loadAdapter("b", biased))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageEndingWith(bias + " is not 0; an adapter's head has no bias here");
    }
  }
}
