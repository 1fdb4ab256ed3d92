package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.testing.Golden;
import org.plumbline.testing.PythonEnv;

/**
 * Folders of every family that we wrote, read by transformers: the same logits. Runs with {@code
 * -Dplumbline.python=…}.
 */
@Tag("contract")
class FamiliesInTransformersTest {
  /** Families that transformers has no code for, and images, which come with a later issue. */
  private static final Set<String> NOT_THERE = Set.of("chatglm", "internlm2", "baichuan", "llava");

  @TempDir private Path folder;

  private record Case(String name, List<int[]> rows, List<float[][]> logits) {}

  @Test
  void transformersComputesTheSameLogitsFromWhatWeSave() throws IOException {
    PythonEnv.assume();
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode asked = mapper.createArrayNode();
    List<Case> cases = new ArrayList<>();
    for (Path source : folders()) {
      String type =
          mapper.readTree(source.resolve("config.json").toFile()).path("model_type").asText();
      if (NOT_THERE.contains(type)) {
        continue;
      }
      try (TransformerModel model = TransformerModel.load(source, LoadOptions.frozen())) {
        Head head = model.config().head();
        if (head != Head.LANGUAGE_MODEL && head != Head.MASKED_LANGUAGE_MODEL) {
          continue;
        }
        List<int[]> rows = rows(model.config());
        ask(asked, cases, source.toString(), model, GoldenModel.logits(model, rows, List.of()));
      }
      // A fresh head is rounded to the dtype of the folder, so what counts is what was written.
      Path written = Files.createDirectories(folder.resolve("scorer" + cases.size()));
      try (TransformerModel fresh =
          TransformerModel.loadAsScorer(source, LoadOptions.frozen(), 8)) {
        fresh.save(written);
      }
      try (TransformerModel scorer = TransformerModel.load(written, LoadOptions.frozen())) {
        double[] scores = new SequenceScorer(scorer, 2).scores(rows(scorer.config()), List.of());
        List<float[][]> one = new ArrayList<>();
        for (double score : scores) {
          one.add(new float[][] {{(float) score}});
        }
        ask(asked, cases, source + " as a reward model", scorer, one);
      }
    }
    Path file = folder.resolve("cases.json");
    mapper.writeValue(file.toFile(), asked);
    JsonNode answers = mapper.readTree(PythonEnv.run(script(), file.toString()));
    assertThat(answers).hasSameSizeAs(cases).hasSizeGreaterThan(10);
    for (int i = 0; i < cases.size(); i++) {
      compare(cases.get(i), answers.get(i));
    }
  }

  private void ask(
      ArrayNode asked,
      List<Case> cases,
      String name,
      TransformerModel model,
      List<float[][]> logits)
      throws IOException {
    Path copy = Files.createDirectories(folder.resolve("case" + cases.size()));
    model.save(copy);
    List<int[]> rows = rows(model.config());
    cases.add(new Case(name, rows, logits));
    ObjectNode one = asked.addObject().put("folder", copy.toString());
    one.set("rows", new ObjectMapper().valueToTree(rows));
  }

  private static void compare(Case ours, JsonNode theirs) {
    assertThat(theirs.path("unexpected")).as(ours.name()).isEmpty();
    for (int b = 0; b < ours.rows().size(); b++) {
      for (int t = 0; t < ours.logits().get(b).length; t++) {
        float[] logits = ours.logits().get(b)[t];
        for (int v = 0; v < logits.length; v++) {
          JsonNode row = theirs.path("logits").path(b);
          double want = (row.get(t).isArray() ? row.get(t).get(v) : row.get(v)).asDouble();
          assertThat((double) logits[v])
              .as("%s row %d position %d token %d", ours.name(), b, t, v)
              .isCloseTo(want, within(2e-4));
        }
      }
    }
  }

  private static List<int[]> rows(TransformerConfig config) {
    int[] row = new int[10];
    Arrays.setAll(row, t -> 5 + t * 7 % (config.vocabSize() - 8));
    return List.of(row, Arrays.copyOf(row, 4));
  }

  private static List<Path> folders() throws IOException {
    List<Path> all = new ArrayList<>(Golden.directories("architectures"));
    try (Stream<Path> own = Files.list(Path.of("src/test/resources/families"))) {
      own.sorted().forEach(all::add);
    }
    return all;
  }

  private static String script() throws IOException {
    try (InputStream source =
        FamiliesInTransformersTest.class.getResourceAsStream("logits_of_folders.py")) {
      return new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
