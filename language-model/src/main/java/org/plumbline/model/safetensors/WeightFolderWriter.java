package org.plumbline.model.safetensors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.plumbline.model.AtomicFile;
import org.plumbline.model.JsonFiles;

/**
 * Writes a folder's weights as one file, or as shards with an index where they exceed the shard
 * size. Tensors are dealt to shards in their declared order. The index comes last, and files of an
 * earlier save go only after that.
 */
public final class WeightFolderWriter implements AutoCloseable {
  /** The shard size of transformers' {@code save_pretrained}. */
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  private final Path folder;
  private final String stem;
  private final Map<String, SafetensorsWriter> shards = new LinkedHashMap<>();
  private final Map<String, String> shardByTensor = new LinkedHashMap<>();
  private final long totalBytes;

  private WeightFolderWriter(Path folder, String stem, List<TensorSpec> specs, long maxShardBytes) {
    this.folder = folder;
    this.stem = stem;
    this.totalBytes = specs.stream().mapToLong(TensorSpec::bytes).sum();
    List<List<TensorSpec>> groups = deal(specs, maxShardBytes);
    try {
      for (int i = 0; i < groups.size(); i++) {
        String name =
            groups.size() == 1
                ? stem + ".safetensors"
                : "%s-%05d-of-%05d.safetensors".formatted(stem, i + 1, groups.size());
        shards.put(name, SafetensorsWriter.create(folder.resolve(name), groups.get(i)));
        groups.get(i).forEach(spec -> shardByTensor.put(spec.name(), name));
      }
    } catch (RuntimeException e) {
      shards.values().forEach(SafetensorsWriter::close);
      throw e;
    }
  }

  /** A model's weights in shards of at most 5 GB. */
  public static WeightFolderWriter create(Path folder, List<TensorSpec> specs) {
    return create(folder, "model", specs, DEFAULT_SHARD_BYTES);
  }

  /**
   * As asked.
   *
   * @param stem how the files' names begin, such as {@code model} or {@code adapter_model}
   * @param maxShardBytes data bytes per shard; one larger tensor gets a shard of its own
   */
  public static WeightFolderWriter create(
      Path folder, String stem, List<TensorSpec> specs, long maxShardBytes) {
    return new WeightFolderWriter(folder, stem, specs, maxShardBytes);
  }

  private static List<List<TensorSpec>> deal(List<TensorSpec> specs, long maxShardBytes) {
    List<List<TensorSpec>> groups = new ArrayList<>();
    groups.add(new ArrayList<>());
    long used = 0;
    for (TensorSpec spec : specs) {
      List<TensorSpec> last = groups.get(groups.size() - 1);
      if (!last.isEmpty() && used + spec.bytes() > maxShardBytes) {
        last = new ArrayList<>();
        groups.add(last);
        used = 0;
      }
      last.add(spec);
      used += spec.bytes();
    }
    return groups;
  }

  /** See {@link SafetensorsWriter#write(String, ByteBuffer)}. */
  public void write(String name, ByteBuffer data) {
    shard(name).write(name, data);
  }

  /** See {@link SafetensorsWriter#write(String, float[])}. */
  public void write(String name, float[] values) {
    shard(name).write(name, values);
  }

  private SafetensorsWriter shard(String name) {
    SafetensorsWriter shard = shards.get(shardByTensor.getOrDefault(name, ""));
    if (shard == null) {
      throw new IllegalArgumentException("tensor \"%s\" was not declared".formatted(name));
    }
    return shard;
  }

  /** Completes all files; from here on the folder opens as a {@link WeightFolder}. */
  public void finish() {
    shards.values().forEach(SafetensorsWriter::finish);
    String indexName = stem + ".safetensors.index.json";
    if (shards.size() > 1) {
      ObjectNode index = JsonFiles.object();
      index.putObject("metadata").put("total_size", totalBytes);
      ObjectNode names = index.putObject("weight_map");
      shardByTensor.forEach(names::put);
      JsonFiles.write(folder.resolve(indexName), index);
    }
    removeEarlier(indexName);
  }

  private void removeEarlier(String indexName) {
    Pattern ours = Pattern.compile(Pattern.quote(stem) + "(-\\d{5}-of-\\d{5})?\\.safetensors");
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path path : entries.sorted().toList()) {
        String name = path.getFileName().toString();
        boolean staleIndex = name.equals(indexName) && shards.size() == 1;
        boolean staleShard = ours.matcher(name).matches() && !shards.containsKey(name);
        if (staleIndex || staleShard) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failed(folder, e);
    }
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsWriter::close);
  }
}
