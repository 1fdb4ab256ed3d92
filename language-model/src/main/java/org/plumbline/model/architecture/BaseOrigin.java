package org.plumbline.model.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.AdapterBase;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFingerprint;
import org.plumbline.model.safetensors.WeightFolder;

/**
 * Where a base comes from, as far as adapters on it must know.
 *
 * @param folder of the model, none for one that was made in memory
 * @param sha256 {@link WeightFingerprint} of the folder's weights; of a quantised folder that of
 *     the folder it was made from, where it says so
 * @param moreTokens whether embeddings and output head have more rows than the folder's; adapters
 *     must carry them
 */
public record BaseOrigin(Optional<Path> folder, Optional<String> sha256, boolean moreTokens) {
  /** Made in memory. */
  static final BaseOrigin MEMORY = new BaseOrigin(Optional.empty(), Optional.empty(), false);

  /** Of a model folder, without reading all of its weights. */
  public static BaseOrigin read(Path folder) {
    TransformerConfig config = TransformerConfig.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return of(config, weights);
    }
  }

  static BaseOrigin of(TransformerConfig config, WeightFolder weights) {
    String sha256 = config.sha256BeforePacking().orElseGet(() -> WeightFingerprint.of(weights));
    return new BaseOrigin(Optional.of(weights.folder()), Optional.of(sha256), false);
  }

  BaseOrigin withMoreTokens() {
    return new BaseOrigin(folder, sha256, true);
  }

  /**
   * Why an adapter's folder does not belong on this base; empty where it does, or where either has
   * no fingerprint.
   */
  public Optional<String> fault(Path adapter) {
    AdapterBase wanted = AdapterBase.read(adapter);
    if (wanted.sha256().equals(sha256) || wanted.sha256().isEmpty() || sha256.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s was made for another base: %s, whose weights have base_sha256=%s, but those of %s have %s. Was the base trained or merged since, or is it another model?"
            .formatted(
                adapter,
                wanted.name().isEmpty() ? "one without a name" : wanted.name(),
                abbreviated(wanted.sha256().get()),
                folder.map(Path::toString).orElse("the model in memory"),
                abbreviated(sha256.get())));
  }

  /**
   * Refuses an adapter's folder that does not belong on this base.
   *
   * @throws ModelFormatException with {@link #fault} and a way out
   */
  public void require(Path adapter) {
    fault(adapter)
        .ifPresent(
            fault -> {
              throw new ModelFormatException(
                  fault
                      + " Give the base that it was made for; --force-adapter takes it all the same (in a recipe: remove base_sha256 from its adapter_config.json)");
            });
  }

  private static String abbreviated(String digest) {
    return digest.length() > 12 ? digest.substring(0, 12) + "…" : digest;
  }

  /**
   * What an adapter's folder shall say of its base.
   *
   * @param adapter the folder to be written
   * @param base a model folder, this one or another
   */
  AdapterBase named(Path adapter, Path base) {
    Path from = adapter.toAbsolutePath().normalize();
    String name = from.relativize(base.toAbsolutePath().normalize()).toString();
    return new AdapterBase(name, isThis(base) ? sha256 : read(base).sha256());
  }

  /** Whether an adapter for this base must bring embeddings, which its folder has too few of. */
  boolean carriesEmbeddings(Path base) {
    return moreTokens && isThis(base);
  }

  private boolean isThis(Path base) {
    try {
      return folder.isPresent() && Files.exists(base) && Files.isSameFile(folder.get(), base);
    } catch (IOException e) {
      throw new UncheckedIOException("looking for the base " + base, e);
    }
  }
}
