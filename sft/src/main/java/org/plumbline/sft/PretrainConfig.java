package org.plumbline.sft;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;

/**
 * Next-token training on texts: of a new small model, or on from an existing one.
 *
 * @param data texts: a stage's artifact, a folder of documents, or a file; or give {@code sources}
 * @param sources several of them, with weights
 * @param replay general texts mixed in against forgetting
 * @param heldOut sets whose perplexity is followed
 * @param model a folder to go on from; absent: a new model of {@code size}
 * @param size of a new model
 * @param packing true to join documents to rows of {@code maxLength}; else each has its own rows
 * @param wholeDocuments true to pack whole documents (and dialogues) side by side, none seeing
 *     another; else documents are one stream, cut where a row is full
 * @param maxLength most tokens of a row; longer texts are cut into rows
 * @param validationShare of the texts held out
 * @param dtype computation in float32 or bfloat16
 */
public record PretrainConfig(
    Optional<String> data,
    List<SourceConfig> sources,
    Optional<ReplayConfig> replay,
    List<HeldOutConfig> heldOut,
    Optional<String> model,
    @Default("{}") NewModelConfig size,
    @Default("true") boolean packing,
    @Default("false") boolean wholeDocuments,
    @Default("256") int maxLength,
    @Default("0.02") double validationShare,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public PretrainConfig {
    sources = List.copyOf(sources);
    heldOut = HeldOutConfig.distinct("pretrain", heldOut);
    Check.notBlank("pretrain.data", data.orElse("sources"));
    boolean several = !sources.isEmpty();
    Check.that(
        data.isPresent() || several, () -> "pretrain.data is missing; needs data, or sources");
    String given = data.orElse("");
    Check.that(
        data.isEmpty() || !several,
        () -> "pretrain.data=%s stands beside sources; give one of the two".formatted(given));
    long weighted = sources.stream().filter(source -> source.weight().isPresent()).count();
    int all = sources.size();
    Check.that(
        weighted == 0 || weighted == all,
        () ->
            "pretrain.sources=%d with a weight on %d of them; give one to all or to none"
                .formatted(all, weighted));
    Check.that(
        packing || !wholeDocuments,
        () -> "pretrain.whole_documents=true needs packing: true; without it none shares a row");
    Check.atLeast("pretrain.max_length", maxLength, 2);
    Check.fraction("pretrain.validation_share", validationShare);
  }

  /** How documents become rows. */
  DocumentPacking documentPacking() {
    return !packing
        ? DocumentPacking.NONE
        : wholeDocuments ? DocumentPacking.WHOLE : DocumentPacking.CONCATENATE;
  }

  /** What is trained on, replay not among it: {@code sources}, or {@code data} as the only one. */
  List<SourceConfig> trained() {
    return data.map(path -> List.of(new SourceConfig(path, Optional.empty()))).orElse(sources);
  }

  /** Whether this stage trains on what a value leads to, in full or as replay. */
  boolean trainsOn(String value) {
    return Stream.concat(
            trained().stream().map(SourceConfig::path), replay.stream().map(ReplayConfig::data))
        .anyMatch(value::equals);
  }
}
