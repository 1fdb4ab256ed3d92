package org.plumbline.sft;

import java.util.List;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Texts (in fine-tuning: demonstrations) whose perplexity is followed. Of an artifact, and of
 * anything that this stage trains on, the held-out part is taken; any other file or folder is taken
 * whole.
 *
 * @param name in metrics and report
 * @param data a stage's artifact, a folder of documents, or a file
 * @param documents most documents (or dialogues) looked at; 0 for all
 */
public record HeldOutConfig(String name, String data, @Default("200") int documents) {
  public HeldOutConfig {
    Check.that(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        () ->
            "held_out.name=%s needs letters, digits, '.', '_' and '-', a letter or digit first"
                .formatted(name));
    Check.notBlank("held_out.data", data);
    Check.nonNegative("held_out.documents", documents);
  }

  /** The sets of a stage, whose names must differ. */
  static List<HeldOutConfig> distinct(String stage, List<HeldOutConfig> sets) {
    List<String> names = sets.stream().map(HeldOutConfig::name).toList();
    Check.that(
        names.stream().distinct().count() == names.size(),
        () -> "%s.held_out=%s holds a name twice".formatted(stage, names));
    return List.copyOf(sets);
  }
}
