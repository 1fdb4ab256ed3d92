package org.plumbline.sft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.UserException;

/**
 * All rows of a pretraining stage.
 *
 * @param train the rows of an epoch, replay among them
 * @param validation held-out rows of what is learned
 * @param heldOut sets to follow
 * @param replay what was mixed in; empty without replay
 * @param shares for the user, a line per source where there are several
 */
record PretrainRows(
    List<EncodedDialogue> train,
    List<EncodedDialogue> validation,
    List<HeldOutSets.HeldOut> heldOut,
    Optional<Replayed> replay,
    List<String> shares) {

  /**
   * What was mixed in.
   *
   * @param share of all tokens of an epoch
   */
  record Replayed(int rows, double share) {
    Map<String, Object> summary() {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("replay_rows", rows);
      summary.put("replay_share", share);
      return summary;
    }
  }

  /** Encodes, cuts, packs and mixes. */
  static PretrainRows of(
      PretrainConfig config, PretrainTexts texts, ChatEncoder encoder, long seed) {
    DocumentRows rows = new DocumentRows(encoder, config.documentPacking(), config.maxLength());
    List<Mixture.Part> parts = new ArrayList<>();
    for (int i = 0; i < texts.sources().size(); i++) {
      parts.add(part(config, i, rows.of(texts.sources().get(i))));
    }
    List<EncodedDialogue> train = new ArrayList<>(Mixture.of(parts, seed));
    Optional<Replayed> replayed = Optional.empty();
    if (config.replay().isPresent()) {
      double share = config.replay().get().share();
      long learned = Mixture.tokens(train);
      List<EncodedDialogue> replay =
          Mixture.draw(
              required(rows.of(texts.replay()), "replay.data", config.replay().get().data()),
              Math.round(learned * share / (1 - share)),
              RandomStreams.address(seed, "pretrain.replay"));
      train.addAll(replay);
      double actual = (double) Mixture.tokens(replay) / Mixture.tokens(train);
      replayed = Optional.of(new Replayed(replay.size(), actual));
    }
    return new PretrainRows(
        List.copyOf(train),
        rows.of(texts.validation()),
        heldOut(config, texts, rows),
        replayed,
        parts.size() > 1 ? shares(config, parts) : List.of());
  }

  private static Mixture.Part part(PretrainConfig config, int i, List<EncodedDialogue> rows) {
    SourceConfig source = config.trained().get(i);
    required(rows, PretrainTexts.key(config, i), source.path());
    return new Mixture.Part(rows, source.weight().orElse((double) Mixture.tokens(rows)));
  }

  private static List<EncodedDialogue> required(
      List<EncodedDialogue> rows, String key, String value) {
    if (rows.isEmpty()) {
      throw new UserException("%s=%s holds no text of two tokens or more".formatted(key, value));
    }
    return rows;
  }

  private static List<String> shares(PretrainConfig config, List<Mixture.Part> parts) {
    double all = parts.stream().mapToDouble(Mixture.Part::weight).sum();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s holds %,d tokens and gives %.1f %% of those learned",
              config.trained().get(i).path(),
              Mixture.tokens(parts.get(i).rows()),
              100 * parts.get(i).weight() / all));
    }
    return lines;
  }

  private static List<HeldOutSets.HeldOut> heldOut(
      PretrainConfig config, PretrainTexts texts, DocumentRows rows) {
    List<HeldOutSets.HeldOut> sets = new ArrayList<>();
    for (int i = 0; i < config.heldOut().size(); i++) {
      HeldOutConfig set = config.heldOut().get(i);
      boolean learned =
          config.trained().stream().anyMatch(source -> source.path().equals(set.data()));
      List<List<EncodedDialogue>> documents = new ArrayList<>();
      for (Demonstration text : texts.heldOut().get(i)) {
        List<EncodedDialogue> pieces = rows.of(text);
        if (!pieces.isEmpty()) {
          documents.add(pieces);
        }
      }
      if (documents.isEmpty()) {
        throw new UserException(
            "held_out: %s=%s holds no text of two tokens or more"
                .formatted(set.name(), set.data()));
      }
      sets.add(new HeldOutSets.HeldOut(set.name(), learned, documents));
    }
    return sets;
  }
}
