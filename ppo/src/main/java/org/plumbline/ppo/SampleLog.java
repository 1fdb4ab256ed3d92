package org.plumbline.ppo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.stage.Json;
import org.plumbline.stage.StepRows;

/** samples.jsonl: a few held-out prompts and the policy's replies at each evaluation. */
final class SampleLog {
  private static final int SHOWN = 8;

  private final StepRows rows;

  SampleLog(Path directory) {
    this.rows = new StepRows(directory.resolve("samples.jsonl"));
  }

  /** Adds the first prompts' replies of an evaluation. */
  void append(long update, Rollout rollout) throws IOException {
    List<ObjectNode> more = new ArrayList<>();
    for (int b = 0; b < Math.min(SHOWN, rollout.scores().length); b++) {
      double kl = 0;
      for (int t = 0; t < rollout.logProbs()[b].length; t++) {
        kl += rollout.logProbs()[b][t] - rollout.reference()[b][t];
      }
      ObjectNode row = Json.mapper().createObjectNode();
      row.put("step", update);
      row.put("prompt_id", rollout.prompts().get(b).id());
      row.put("prompt", rollout.prompts().get(b).text());
      row.put("completion", rollout.replies().get(b));
      row.put("reward", rollout.scores()[b]);
      row.put("kl", kl);
      more.add(row);
    }
    rows.add(more);
  }

  /** Forgets the samples after an update. */
  void rewindTo(long update) throws IOException {
    rows.rewindTo(update);
  }
}
