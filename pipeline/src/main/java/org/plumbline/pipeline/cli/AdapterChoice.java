package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.config.KeyNames;

/**
 * A loaded model whose rows may choose an adapter by its name, under the key {@code adapter}, and
 * the tokenizers and templates that go with the adapters.
 */
final class AdapterChoice implements AutoCloseable {
  private static final String KEY = "adapter";

  private final ModelOptions.Loaded loaded;
  private final Map<String, Path> folders;
  private final Map<String, Adapter> adapters = new LinkedHashMap<>();
  private final Map<Path, RowEncoder> opened = new LinkedHashMap<>();
  private final Map<String, RowEncoder> encoders = new HashMap<>();

  private AdapterChoice(ModelOptions.Loaded loaded, Map<String, Path> folders) {
    this.loaded = loaded;
    this.folders = folders;
  }

  /** Opened; warnings go to the terminal. */
  static AdapterChoice open(ModelOptions options, Terminal terminal) {
    Map<String, Path> folders = AdapterFlags.named(options.adapters());
    ModelOptions.Loaded loaded =
        folders.isEmpty() ? options.load(terminal) : options.loadBase(terminal);
    AdapterChoice choice = new AdapterChoice(loaded, folders);
    try {
      folders.forEach(
          (name, folder) ->
              choice.adapters.put(name, ModelOptions.put(loaded.model(), name, folder, terminal)));
      choice.opened.put(loaded.text(), new RowEncoder(loaded));
      return choice;
    } catch (RuntimeException e) {
      choice.close();
      throw e;
    }
  }

  ModelOptions.Loaded loaded() {
    return loaded;
  }

  /** Of rows that choose none. */
  RowEncoder encoder() {
    return Objects.requireNonNull(opened.get(loaded.text()));
  }

  /** Tokenizer and template of a row. */
  RowEncoder encoder(JsonRow row) {
    return name(row)
        .map(name -> encoders.computeIfAbsent(name, this::opened))
        .orElseGet(this::encoder);
  }

  /** Folders with the same files share one. */
  private RowEncoder opened(String name) {
    Path folder = Objects.requireNonNull(folders.get(name));
    for (Map.Entry<Path, RowEncoder> seen : opened.entrySet()) {
      if (TextTokenizer.sameFiles(seen.getKey(), folder)) {
        return seen.getValue();
      }
    }
    Path text = ModelBundle.textFolder(loaded.folder(), folder);
    return text.equals(loaded.folder())
        ? encoder()
        : opened.computeIfAbsent(text, own -> new RowEncoder(loaded.withText(own)));
  }

  /**
   * The adapters of all rows.
   *
   * @param each how often each row comes, one behind the other
   */
  RowAdapters adapters(List<JsonRow> rows, int each) {
    if (folders.isEmpty()) {
      rows.forEach(this::name);
      return RowAdapters.all(loaded.active());
    }
    List<List<Adapter>> all = new ArrayList<>();
    for (JsonRow row : rows) {
      List<Adapter> own = new ArrayList<>(loaded.active());
      name(row).map(adapters::get).ifPresent(own::add);
      for (int i = 0; i < each; i++) {
        all.add(own);
      }
    }
    return RowAdapters.each(all);
  }

  private Optional<String> name(JsonRow row) {
    Optional<String> name = row.optionalText(KEY);
    if (name.isPresent() && folders.isEmpty()) {
      throw row.error(
          "adapter \"%s\" is chosen but no adapter has a name; give --adapter %s=DIR, or leave the key out"
              .formatted(name.get(), name.get()));
    }
    if (name.isPresent() && !folders.containsKey(name.get())) {
      throw row.error(
          "adapter \"%s\" is unknown%s; named by --adapter: %s"
              .formatted(
                  name.get(),
                  KeyNames.nearest(name.get(), folders.keySet())
                      .map(near -> ", did you mean %s?".formatted(near))
                      .orElse(""),
                  String.join(", ", folders.keySet())));
    }
    return name;
  }

  @Override
  public void close() {
    opened.values().forEach(RowEncoder::close);
    loaded.close();
  }
}
