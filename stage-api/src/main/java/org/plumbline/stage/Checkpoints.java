package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints of one stage: {@code checkpoints/step-00000100/} with the files of its writer, {@code
 * state.json} and, written last, {@code checkpoint.json}. One appears whole or not at all; a
 * damaged one is recognised by checksum and passed over.
 */
public final class Checkpoints {
  /** Name of the folder within the stage directory. */
  static final String FOLDER = "checkpoints";

  private static final String STATE = "state.json";
  private static final Pattern NAME = Pattern.compile("step-([0-9]{8,18})");

  private final Path folder;
  private final int keep;
  private final Consumer<String> warn;
  private final AtomicFiles files;
  private OptionalLong retained = OptionalLong.empty();

  /** Keeps the newest two. */
  public Checkpoints(Path stageDirectory, Consumer<String> warn) {
    this(stageDirectory, 2, warn, AtomicFiles.DISK);
  }

  /**
   * @param keep how many of the newest stay, at least 1; with 2 a damaged one costs little
   * @param warn takes a line when a damaged checkpoint is passed over, such as RunContext::warn
   */
  public Checkpoints(Path stageDirectory, int keep, Consumer<String> warn, AtomicFiles files) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep=" + keep + " must be at least 1");
    }
    this.folder = stageDirectory.resolve(FOLDER);
    this.keep = keep;
    this.warn = warn;
    this.files = files;
  }

  /**
   * Saves a checkpoint, then removes those beyond the newest.
   *
   * @param step steps done, ≥ 0; an existing checkpoint of this step is replaced
   * @param state JSON with what is no tensor: schedule, data position, KL coefficient …
   * @param content writes the tensors; the names {@code state.json} and {@code checkpoint.json} are
   *     ours
   */
  public void save(long step, JsonNode state, AtomicFiles.DirectoryContent content)
      throws IOException {
    if (step < 0) {
      throw new IllegalArgumentException("step=" + step + " must not be negative");
    }
    files.writeDirectory(
        directory(step),
        temporary -> {
          content.writeTo(temporary);
          text(temporary.resolve(STATE), Json.line(state) + "\n");
          text(temporary.resolve(CheckpointSeal.FILE), CheckpointSeal.of(temporary, step));
        });
    prune();
  }

  /** Keeps the checkpoint of this step, such as the best one, until another is named. */
  public void retain(long step) {
    retained = OptionalLong.of(step);
  }

  /**
   * The newest checkpoint whose checksums hold. Damaged newer ones are removed with a warning that
   * names the bad file; leftovers of a killed process are removed silently.
   */
  public Optional<Checkpoint> newest() throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    files.sweep(folder);
    for (long step : steps()) {
      Optional<String> fault = CheckpointSeal.fault(directory(step), step);
      if (fault.isEmpty()) {
        return Optional.of(load(step));
      }
      warn.accept(
          "checkpoint %s is damaged: %s. It is removed; going on from the one before, or from the start."
              .formatted(directory(step), fault.get()));
      files.discard(directory(step));
    }
    return Optional.empty();
  }

  /**
   * The checkpoint of one step.
   *
   * @throws UserException when it is absent or damaged
   */
  public Checkpoint at(long step) throws IOException {
    Optional<String> fault =
        Files.isDirectory(directory(step))
            ? CheckpointSeal.fault(directory(step), step)
            : Optional.of("it does not exist");
    if (fault.isPresent()) {
      throw new UserException(
          "checkpoint %s cannot be used: %s".formatted(directory(step), fault.get()));
    }
    return load(step);
  }

  /** Removes all checkpoints, once the finished artifact stands. */
  public void clear() throws IOException {
    files.discard(folder);
  }

  /** Steps with a checkpoint, newest first, unverified. */
  public List<Long> steps() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(path -> NAME.matcher(path.getFileName().toString()))
          .filter(Matcher::matches)
          .map(match -> Long.valueOf(match.group(1)))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  private Checkpoint load(long step) throws IOException {
    Path directory = directory(step);
    return new Checkpoint(step, directory, Json.read(directory.resolve(STATE)));
  }

  private void prune() throws IOException {
    List<Long> steps = steps();
    for (long step : steps.subList(Math.min(keep, steps.size()), steps.size())) {
      if (retained.isEmpty() || retained.getAsLong() != step) {
        files.discard(directory(step));
      }
    }
  }

  private void text(Path file, String text) throws IOException {
    try (OutputStream out = files.ops().create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Path directory(long step) {
    return folder.resolve(String.format(Locale.ROOT, "step-%08d", step));
  }
}
