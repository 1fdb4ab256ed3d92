package org.plumbline.model.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.model.JsonFiles;
import org.plumbline.testing.Golden;

/** Real templates and conversations against the texts of Python's jinja2 3.1.6. */
@Tag("parity")
class JinjaParityTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 21, 0, 0);

  private final Path goldens = Golden.require("templates");
  private final Map<String, JinjaTemplate> templates = new HashMap<>();

  private String rendered(String source, ObjectNode variables) {
    try {
      Rendered rendered =
          templates.computeIfAbsent(source, JinjaTemplate::of).render(variables, NOW);
      return "text: " + rendered.text() + rendered.generated();
    } catch (TemplateException e) {
      return e.kind() + ": " + e.reason();
    }
  }

  @Test
  void everyRenderCaseIsEqual() {
    ObjectNode set = JsonFiles.read(goldens.resolve("render.json"));
    List<String> wrong = new ArrayList<>();
    for (JsonNode example : set.path("cases")) {
      String model = example.path("model").asText();
      String source = set.path("templates").path(model).asText();
      String actual = rendered(source, (ObjectNode) example.path("ctx"));
      boolean right =
          example.path("err").isNull()
              ? actual.startsWith("text: " + example.path("want").asText())
              : !actual.startsWith("text: ");
      if (!right) {
        wrong.add(model + " " + example.path("desc").asText() + ": " + actual);
      }
    }
    assertThat(set.path("cases").size()).isPositive();
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyConversationIsEqual() throws IOException {
    JsonNode sources = JsonFiles.read(goldens.resolve("sources.json")).path("templates");
    ObjectNode conversations = JsonFiles.read(goldens.resolve("conversations.json"));
    List<String> wrong = new ArrayList<>();
    for (String line : Files.readAllLines(goldens.resolve("cases.jsonl"))) {
      JsonNode example = new ObjectMapper().readTree(line);
      if (example.path("continue_final_message").asBoolean()) {
        continue; // cut by the chat template around Jinja, and tested there
      }
      JsonNode source = sources.path(example.path("template").asText());
      ObjectNode variables = variables(example, source, conversations);
      String actual = rendered(source.path("template").asText(), variables);
      if (!actual.equals(expected(example, actual))) {
        wrong.add(example.path("template") + " " + example.path("conversation") + ": " + actual);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static ObjectNode variables(JsonNode example, JsonNode source, ObjectNode conversations) {
    ObjectNode variables = JsonFiles.object();
    variables.setAll((ObjectNode) example.path("kwargs"));
    for (String token : List.of("bos_token", "eos_token")) {
      if (source.path(token).isTextual()) {
        variables.set(token, source.path(token));
      }
    }
    JsonNode known =
        conversations.path("conversations").path(example.path("conversation").asText());
    variables.set(
        "messages", example.path("messages").isMissingNode() ? known : example.path("messages"));
    variables.set("add_generation_prompt", example.path("add_generation_prompt"));
    variables.putNull("documents").putNull("tools");
    if (example.path("with_tools").asBoolean()) {
      variables.set("tools", conversations.path("tools"));
    }
    return variables;
  }

  /** What the golden asks of the text, of the spans where it has some, or of the error. */
  private static String expected(JsonNode example, String actual) {
    if (example.has("error")) {
      return example.path("error").asText();
    }
    String text = "text: " + example.path("text").asText();
    List<Span> spans = new ArrayList<>();
    example
        .path("generation_spans_codepoints")
        .forEach(span -> spans.add(new Span(span.get(0).asInt(), span.get(1).asInt())));
    boolean marked = example.has("generation_spans_codepoints");
    return marked
        ? text + spans
        : text + actual.substring(Math.min(text.length(), actual.length()));
  }
}
