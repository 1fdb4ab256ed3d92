package org.plumbline.model.safetensors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;

/**
 * The weights of a model or adapter folder, in one safetensors file or in shards with an index. All
 * shards are opened and checked at once, so that a missing one is known before any work begins.
 */
public final class WeightFolder implements AutoCloseable {
  private static final List<String> CODE_FORMATS = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

  private final Path folder;
  private final Map<Path, SafetensorsFile> files = new LinkedHashMap<>();
  private final Map<String, SafetensorsFile> fileByName = new LinkedHashMap<>();

  private WeightFolder(Path folder) {
    this.folder = folder;
  }

  /** The weights of a model: {@code model.safetensors} or its shards. */
  public static WeightFolder open(Path folder) {
    return open(folder, "model");
  }

  /**
   * Weights whose files begin with {@code stem}, such as {@code adapter_model}.
   *
   * @throws ModelFormatException where no safetensors file, or not every shard, is there
   */
  public static WeightFolder open(Path folder, String stem) {
    WeightFolder weights = new WeightFolder(folder);
    try {
      weights.openFiles(stem);
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private void openFiles(String stem) {
    Path single = folder.resolve(stem + ".safetensors");
    Path index = folder.resolve(stem + ".safetensors.index.json");
    if (Files.isRegularFile(single)) {
      SafetensorsFile file = file(single);
      file.tensors().keySet().forEach(name -> fileByName.put(name, file));
    } else if (Files.isRegularFile(index)) {
      openShards(index);
    } else {
      throw new ModelFormatException(absent(stem));
    }
  }

  private void openShards(Path index) {
    if (!(JsonFiles.read(index).get("weight_map") instanceof ObjectNode names) || names.isEmpty()) {
      throw new ModelFormatException("%s has no weight_map".formatted(index));
    }
    names
        .properties()
        .forEach(
            entry -> {
              SafetensorsFile shard = shard(index, entry.getValue().asText());
              if (!shard.tensors().containsKey(entry.getKey())) {
                throw new ModelFormatException(
                    "%s says that tensor \"%s\" is in %s, which does not hold it. Mixed downloads?"
                        .formatted(index, entry.getKey(), shard.path().getFileName()));
              }
              fileByName.put(entry.getKey(), shard);
            });
  }

  private SafetensorsFile shard(Path index, String fileName) {
    boolean plain = !fileName.contains("/") && !fileName.contains("\\");
    if (!plain || !fileName.endsWith(".safetensors")) {
      throw new ModelFormatException(
          "%s names the shard \"%s\"; a safetensors file of the same folder is needed"
              .formatted(index, fileName));
    }
    Path path = folder.resolve(fileName);
    if (!Files.isRegularFile(path)) {
      throw new ModelFormatException(
          "%s: shard %s, named by %s, is missing. Was the download complete?"
              .formatted(folder, fileName, index.getFileName()));
    }
    return file(path);
  }

  private SafetensorsFile file(Path path) {
    return files.computeIfAbsent(path, SafetensorsFile::open);
  }

  private String absent(String stem) {
    if (!Files.isDirectory(folder)) {
      return "%s: no such folder".formatted(folder);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> refused =
          entries
              .map(path -> path.getFileName().toString())
              .filter(name -> CODE_FORMATS.stream().anyMatch(lower(name)::endsWith))
              .sorted()
              .toList();
      String needed =
          "%s holds no %s.safetensors (nor %s.safetensors.index.json)"
              .formatted(folder, stem, stem);
      return refused.isEmpty()
          ? needed
          : needed
              + ", only %s: only safetensors is opened, because those formats can run code. "
                  .formatted(String.join(", ", refused))
              + "Convert them once with transformers: save_pretrained(..., safe_serialization=True)";
    } catch (IOException e) {
      return "%s cannot be listed: %s".formatted(folder, e.getMessage());
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public Path folder() {
    return folder;
  }

  /** Names of all tensors, in the order of the files. */
  public Set<String> names() {
    return Collections.unmodifiableSet(fileByName.keySet());
  }

  public boolean contains(String name) {
    return fileByName.containsKey(name);
  }

  /** The file that holds this tensor. */
  public Path fileOf(String name) {
    return holder(name).path();
  }

  /** See {@link SafetensorsFile#tensor}. */
  public TensorInfo tensor(String name) {
    return holder(name).tensor(name);
  }

  /** See {@link SafetensorsFile#read(String)}. */
  public ByteBuffer read(String name) {
    return holder(name).read(name);
  }

  /** See {@link SafetensorsFile#read(String, ByteBuffer)}. */
  public ByteBuffer read(String name, ByteBuffer reused) {
    return holder(name).read(name, reused);
  }

  /** See {@link SafetensorsFile#readChunk}. */
  public void readChunk(String name, long offset, ByteBuffer target) {
    holder(name).readChunk(name, offset, target);
  }

  /** See {@link SafetensorsFile#readFloats}. */
  public float[] readFloats(String name) {
    return holder(name).readFloats(name);
  }

  private SafetensorsFile holder(String name) {
    SafetensorsFile file = fileByName.get(name);
    if (file == null) {
      throw new ModelFormatException(
          "%s: no tensor \"%s\" in its safetensors files (%d tensors). Does config.json belong here?"
              .formatted(folder, name, fileByName.size()));
    }
    return file;
  }

  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
