package org.plumbline.sft.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.UserException;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.Faults;
import org.plumbline.training.check.ShownRow;

/** Rows of a supervised task as {@code plumbline check} shows them, and what spoils them. */
final class ClassifyCheck<T> {
  private final Task<T, ?> task;
  private final RowEncoder encoder;
  private final TextTokenizer tokenizer;
  private final Faults faults = new Faults();
  private final List<ShownRow> shown = new ArrayList<>();

  private ClassifyCheck(Task<T, ?> task, RowEncoder encoder, TextTokenizer tokenizer) {
    this.task = task;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
  }

  /** Looks at the first training rows; a new model's tokenizer is trained for it. */
  static <T> CheckedRows of(
      ClassifyConfig config, Task<T, ?> task, List<T> rows, Optional<Path> model)
      throws IOException {
    if (model.isPresent()) {
      return of(config, task, rows, model.get());
    }
    Path scratch = Files.createTempDirectory("plumbline-check");
    try {
      NewEncoder.write(scratch, config.size(), rows.stream().flatMap(task::texts).iterator());
      return of(config, task, rows, scratch);
    } finally {
      AtomicFiles.DISK.deleteTree(scratch);
    }
  }

  private static <T> CheckedRows of(
      ClassifyConfig config, Task<T, ?> task, List<T> rows, Path model) {
    TransformerConfig shape = TransformerConfig.read(model);
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      RowEncoder encoder = new RowEncoder(tokenizer, shape, config.maxLength());
      ClassifyCheck<T> check = new ClassifyCheck<>(task, encoder, tokenizer);
      List<T> checked = rows.subList(0, Math.min(rows.size(), CheckedRows.CHECKED));
      checked.forEach(check::look);
      return new CheckedRows(
          rows.size(),
          checked.size(),
          task.learned(shape.attention().causal()),
          check.shown,
          check.faults.sentences());
    }
  }

  private void look(T row) {
    String id = task.id(row);
    try {
      Marks marks = task.marks(row, task.encode(encoder, List.of(row)));
      int[] ids = marks.row().ids();
      for (Marks.Finding finding : marks.findings()) {
        faults.note(finding.kind(), "row %s: %s".formatted(id, finding.sentence()));
      }
      if (Arrays.stream(ids).allMatch(tokenizer::isSpecial)) {
        faults.note("unknown", "row %s: the tokenizer knows no token of its text".formatted(id));
      }
      if (shown.size() < CheckedRows.SHOWN) {
        shown.add(ShownRow.labelled(id, ids, marks.positions(), marks.labels(), tokenizer));
      }
    } catch (UserException e) {
      faults.note("refused", String.valueOf(e.getMessage()));
    }
  }
}
