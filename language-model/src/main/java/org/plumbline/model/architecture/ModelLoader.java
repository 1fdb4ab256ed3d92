package org.plumbline.model.architecture;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.plumbline.model.adapter.PeftFolder;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.Resolved;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;

/** The ways in which {@link TransformerModel} comes from folders. */
final class ModelLoader {
  private ModelLoader() {}

  static TransformerModel load(Path folder, LoadOptions options) {
    TransformerConfig config = TransformerConfig.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return TransformerModel.open(config, options, stored(weights, TensorLayout.of(config)));
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
          Optional.of(folder));
    }
  }

  static TransformerModel under(Path base, Path adapter, LoadOptions options) {
    TransformerConfig config = TransformerConfig.read(base);
    TensorLayout layout = TensorLayout.of(config);
    try (WeightFolder weights = WeightFolder.open(base);
        WeightFolder extra = WeightFolder.open(adapter, PeftFolder.STEM)) {
      if (!PeftFolder.carriesEmbeddings(extra, layout)) {
        return load(base, options);
      }
      OptionalInt rows = PeftFolder.vocabulary(extra, layout);
      return TransformerModel.open(
          config.withVocabSize(rows.orElse(config.vocabSize())),
          options,
          carrier ->
              TensorSource.withEmbeddings(grown(weights, layout).create(carrier), extra, carrier),
          Optional.of(adapter));
    }
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
            return (scope, ref, dtype) ->
                (found.stored().containsKey(ref) ? file : fresh).read(scope, ref, dtype);
          });
    }
  }

  private static TransformerModel.SourceFactory stored(WeightFolder weights, TensorLayout layout) {
    return carrier -> TensorSource.folder(weights, layout.verify(weights), carrier);
  }

  private static TransformerModel.SourceFactory grown(WeightFolder weights, TensorLayout layout) {
    return carrier -> TensorSource.grown(stored(weights, layout).create(carrier), layout, carrier);
  }
}
