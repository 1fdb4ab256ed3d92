package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.stage.UserException;

/**
 * All texts of a pretraining stage.
 *
 * @param sources texts to learn, by source; none is empty
 * @param validation held-out texts of all sources
 * @param replay general texts; empty without replay
 * @param heldOut sets to follow, in the order of the config
 */
record PretrainTexts(
    List<List<Demonstration>> sources,
    List<Demonstration> validation,
    List<Demonstration> replay,
    List<List<Demonstration>> heldOut) {

  /**
   * Reads everything that the config names.
   *
   * @param resolve an input's value to its place
   * @throws UserException where an input holds nothing
   */
  static PretrainTexts read(PretrainConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    List<List<Demonstration>> sources = new ArrayList<>();
    List<Demonstration> validation = new ArrayList<>();
    for (int i = 0; i < config.trained().size(); i++) {
      DataSplit<Demonstration> texts =
          source(config, i, resolve.apply(config.trained().get(i).path()), seed);
      sources.add(texts.train());
      validation.addAll(texts.validation());
    }
    List<Demonstration> replay = List.of();
    if (config.replay().isPresent()) {
      replay = replay(config, resolve.apply(config.replay().get().data()), seed);
    }
    List<List<Demonstration>> heldOut = new ArrayList<>();
    for (HeldOutConfig set : config.heldOut()) {
      heldOut.add(heldOut(config, set, resolve.apply(set.data()), seed));
    }
    return new PretrainTexts(sources, validation, replay, heldOut);
  }

  /** Texts to learn from one source. */
  static DataSplit<Demonstration> source(PretrainConfig config, int i, Path place, long seed)
      throws IOException {
    DataSplit<Demonstration> texts = TrainingTexts.corpus(place, config.validationShare(), seed);
    if (texts.train().isEmpty()) {
      throw new UserException(
          "%s=%s holds no text to learn from"
              .formatted(key(config, i), config.trained().get(i).path()));
    }
    return texts;
  }

  /** The key under which a source stands. */
  static String key(PretrainConfig config, int i) {
    return config.data().isPresent() ? "data" : "sources[%d].path".formatted(i);
  }

  /** Texts to replay: what is held out of them stays out. */
  static List<Demonstration> replay(PretrainConfig config, Path place, long seed)
      throws IOException {
    List<Demonstration> texts = TrainingTexts.corpus(place, config.validationShare(), seed).train();
    if (texts.isEmpty()) {
      throw new UserException("replay.data=%s holds no text to replay".formatted(place));
    }
    return texts;
  }

  /** A set to follow: the held-out part of what is split, all of what is not. */
  static List<Demonstration> heldOut(
      PretrainConfig config, HeldOutConfig set, Path place, long seed) throws IOException {
    return HeldOutTexts.of(
        set,
        config.trainsOn(set.data()),
        place,
        config.validationShare(),
        (source, share) -> TrainingTexts.corpus(source, share, seed));
  }

  /** Every text to learn, for a tokenizer. */
  List<Demonstration> learned() {
    return sources.stream().flatMap(List::stream).toList();
  }
}
