package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;

class PromptReaderTest {
  @TempDir Path temp;

  private Dataset<Prompt> read(String... lines) throws IOException {
    return PromptReader.read(Lines.write(temp, "p.jsonl", lines));
  }

  @Test
  void everyShapeIsTaken() throws IOException {
    Dataset<Prompt> read =
        read(
            "{\"id\":\"a\",\"prompt\":\"q\",\"pair_key\":\"k\"}",
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}");
    assertThat(read.rows().get(0).isRaw()).isTrue();
    assertThat(read.rows().get(0).meta().get("pair_key").asText()).isEqualTo("k");
    assertThat(read.rows().subList(1, 4))
        .allMatch(p -> p.messages().equals(java.util.List.of(new Message("user", "q"))));
    assertThat(read.rows().get(1).text()).isEqualTo("user: q");
    assertThat(read.rows().get(0).text()).isEqualTo("q");
    assertThat(read.report().shapes())
        .containsEntry(DatasetShape.MESSAGES, 1)
        .containsEntry(DatasetShape.CONVERSATIONAL_PROMPT, 2);
    Path copy = temp.resolve("copy.jsonl");
    DatasetWriter.writePrompts(copy, read.rows());
    assertThat(PromptReader.read(copy).rows()).isEqualTo(read.rows());
  }

  @Test
  void otherRowsAreRefused() {
    assertThatThrownBy(() -> read("{\"text\":\"q\"}"))
        .hasMessageEndingWith(
            "p.jsonl line 1: a prompt needs \"prompt\" or \"messages\"; found: text");
    assertThatThrownBy(() -> read("{\"messages\":[{\"role\":\"assistant\",\"content\":\"q\"}]}"))
        .hasMessageEndingWith("\"messages\" holds an assistant turn only; a prompt is needed");
  }
}
