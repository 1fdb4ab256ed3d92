package org.plumbline.model.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.PeftFolder;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.Resolved;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;

/** The ways in which {@link TransformerModel} comes from folders. */
final class ModelLoader {
  /** Names of the classes of an adapter's head. */
  static final String LABELS = "labels.json";

  private ModelLoader() {}

  static TransformerModel load(Path folder, LoadOptions options) {
    TransformerConfig config = TransformerConfig.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return TransformerModel.open(
          config,
          options,
          stored(weights, TensorLayout.of(config)),
          BaseOrigin.of(config, weights));
    }
  }

  static TransformerModel grown(Path folder, LoadOptions options, int vocabulary) {
    TransformerConfig config = TransformerConfig.read(folder);
    if (config.vocabSize() >= vocabulary) {
      return load(folder, options);
    }
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return TransformerModel.open(
          config.withVocabSize(vocabulary),
          options,
          grown(weights, TensorLayout.of(config)),
          BaseOrigin.of(config, weights).withMoreTokens());
    }
  }

  static TransformerModel under(Path base, Path adapter, LoadOptions options) {
    TransformerConfig config = TransformerConfig.read(base);
    try (WeightFolder weights = WeightFolder.open(base);
        WeightFolder extra = WeightFolder.open(adapter, PeftFolder.STEM)) {
      if (!options.anyBase()) {
        BaseOrigin.of(config, weights).require(adapter);
      }
      Optional<Head> head = PeftFolder.head(adapter, extra);
      if (head.isPresent() && !config.attention().causal() && head.get() != config.head()) {
        requirePooler(base, adapter, head.get(), weights, extra);
        return as(base, head.get(), labels(adapter, extra), options, 0);
      }
      int rows = PeftFolder.vocabulary(extra, TensorLayout.of(config)).orElse(0);
      return grown(base, options, rows);
    }
  }

  /** An encoder's classifier of texts needs a pooler from either folder. */
  private static void requirePooler(
      Path base, Path adapter, Head head, WeightFolder weights, WeightFolder extra) {
    boolean there =
        Stream.concat(weights.names().stream(), extra.names().stream())
            .anyMatch(name -> name.contains("pooler."));
    if (head == Head.SEQUENCE_CLASSIFICATION && !there) {
      throw new ModelFormatException(
          "%s classifies texts through a pooler, which is neither in it nor in its base %s; train it with modules_to_save: [pooler]"
              .formatted(adapter, base));
    }
  }

  /** Writes names that say more than their numbers. */
  static void saveLabels(List<String> labels, Path adapter) {
    if (labels.stream().anyMatch(label -> !label.matches("LABEL_\\d+"))) {
      ObjectNode json = JsonFiles.object();
      labels.forEach(json.putArray("labels")::add);
      JsonFiles.write(adapter.resolve(LABELS), json);
    }
  }

  /** Names of the classes, from the file that classify leaves beside an adapter. */
  private static List<String> labels(Path adapter, WeightFolder extra) {
    int outputs = PeftFolder.labels(extra);
    Path file = adapter.resolve(LABELS);
    if (!Files.isRegularFile(file)) {
      return IntStream.range(0, outputs).mapToObj("LABEL_%d"::formatted).toList();
    }
    List<String> names = new ArrayList<>();
    JsonFiles.read(file).path("labels").forEach(name -> names.add(name.asText()));
    return names;
  }

  static TransformerModel as(
      Path folder, Head head, List<String> labels, LoadOptions options, long seed) {
    TransformerConfig stored = TransformerConfig.read(folder);
    if (stored.head() == head) {
      return load(folder, options);
    }
    TransformerConfig config = stored.withHead(head, labels);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      Resolved found = TensorLayout.of(stored).verify(weights);
      return TransformerModel.open(
          config,
          options,
          carrier -> {
            TensorSource fresh = TensorSource.random(seed, config, carrier);
            TensorSource file = TensorSource.folder(weights, found, carrier);
            return file.reading(
                (scope, ref, dtype) ->
                    (found.stored().containsKey(ref) ? file : fresh).read(scope, ref, dtype));
          },
          BaseOrigin.of(stored, weights));
    }
  }

  private static TransformerModel.SourceFactory stored(WeightFolder weights, TensorLayout layout) {
    return carrier -> TensorSource.folder(weights, layout.verify(weights), carrier);
  }

  private static TransformerModel.SourceFactory grown(WeightFolder weights, TensorLayout layout) {
    return carrier -> TensorSource.grown(stored(weights, layout).create(carrier), layout, carrier);
  }
}
