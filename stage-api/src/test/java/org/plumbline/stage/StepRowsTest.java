package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepRowsTest {
  @TempDir private Path folder;

  private static ObjectNode row(int step) {
    return JsonNodeFactory.instance.objectNode().put("step", step);
  }

  @Test
  void rowsAfterTheCheckpointAreTakenBack() throws IOException {
    StepRows rows = new StepRows(folder.resolve("rows.jsonl"));
    assertThat(rows.read()).isEmpty();
    rows.add(List.of(row(1), row(2)));
    rows.add(List.of(row(3)));
    rows.rewindTo(2);
    assertThat(rows.read()).containsExactly(row(1), row(2));
  }
}
