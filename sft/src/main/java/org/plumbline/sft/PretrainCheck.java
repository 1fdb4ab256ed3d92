package org.plumbline.sft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.RowFaults;
import org.plumbline.training.check.ShownRow;

/** Texts as {@code plumbline check} shows them: the rows that pretraining would learn. */
final class PretrainCheck {
  private PretrainCheck() {}

  /** Looks at the first texts of all sources; a new model's tokenizer is trained for it. */
  static CheckedRows of(PretrainConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    List<Demonstration> texts = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (int i = 0; i < config.trained().size(); i++) {
      Path place = resolve.apply(config.trained().get(i).path());
      texts.addAll(PretrainTexts.source(config, i, place, seed).train());
      empty.addAll(TrainingTexts.emptyAnswers(place));
    }
    if (config.model().isPresent()) {
      return of(config, texts, empty, resolve.apply(config.model().get()));
    }
    Path scratch = Files.createTempDirectory("plumbline-check");
    try {
      NewModel.write(config.size(), texts, scratch);
      return of(config, texts, empty, scratch);
    } finally {
      delete(scratch);
    }
  }

  private static CheckedRows of(
      PretrainConfig config, List<Demonstration> texts, List<String> empty, Path model) {
    try (ChatEncoder encoder = ChatEncoder.open(model)) {
      RowFaults faults = new RowFaults(encoder);
      empty.forEach(place -> faults.empty(place, "so it is left out of training"));
      DocumentRows rows = new DocumentRows(encoder, config.documentPacking(), config.maxLength());
      List<Demonstration> checked = texts.subList(0, Math.min(texts.size(), CheckedRows.CHECKED));
      for (Demonstration text : checked) {
        List<EncodedDialogue> pieces = rows.of(text);
        pieces.forEach(faults::ends);
        if (!pieces.isEmpty()) {
          faults.start(text.prompt().id(), pieces.get(0).ids());
        }
      }
      List<EncodedDialogue> all = rows.of(checked);
      List<ShownRow> shown = new ArrayList<>();
      for (int i = 0; i < Math.min(all.size(), CheckedRows.SHOWN); i++) {
        shown.add(ShownRow.of(Integer.toString(i + 1), all.get(i), encoder.tokenizer()));
      }
      return new CheckedRows(
          texts.size(), checked.size(), "every token", shown, faults.sentences());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
