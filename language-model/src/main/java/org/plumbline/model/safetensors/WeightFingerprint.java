package org.plumbline.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeSet;

/**
 * Tells the weights of two folders apart at the cost of a few megabytes read. It is the SHA-256
 * over, for each tensor in the order of the names' UTF-16 units:
 *
 * <ol>
 *   <li>the line {@code NAME DTYPE [SIZE, SIZE]} in UTF-8, a newline at its end, such as {@code
 *       lm_head.weight F32 [60, 32]};
 *   <li>its bytes: all of them up to 64 KiB, else 16 blocks of 4 KiB, block i of 0 … 15 beginning
 *       at byte ⌊i · (bytes − 4096) / 15⌋.
 * </ol>
 *
 * How tensors are dealt to shards plays no part. Weights that were changed between the blocks alone
 * look the same; training moves them all.
 */
public final class WeightFingerprint {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 16;

  private WeightFingerprint() {}

  /** Of an open folder: 64 hexadecimal digits. */
  public static String of(WeightFolder weights) {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BLOCK * BLOCKS);
    for (String name : new TreeSet<>(weights.names())) {
      TensorInfo info = weights.tensor(name);
      String line = "%s %s %s\n".formatted(name, info.dtype(), Arrays.toString(info.shape()));
      digest.update(line.getBytes(StandardCharsets.UTF_8));
      if (info.bytes() <= BLOCK * BLOCKS) {
        update(digest, weights, name, 0, buffer.clear().limit((int) info.bytes()));
      } else {
        for (int i = 0; i < BLOCKS; i++) {
          long at = i * (info.bytes() - BLOCK) / (BLOCKS - 1);
          update(digest, weights, name, at, buffer.clear().limit(BLOCK));
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(
      MessageDigest digest, WeightFolder weights, String name, long at, ByteBuffer buffer) {
    weights.readChunk(name, at, buffer);
    digest.update(buffer.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
