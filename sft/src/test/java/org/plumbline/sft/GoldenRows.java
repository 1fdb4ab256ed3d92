package org.plumbline.sft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.safetensors.SafetensorsFile;

/** Rows of golden training steps: {@code input_ids}, {@code attention_mask}, {@code labels}. */
final class GoldenRows {
  private GoldenRows() {}

  /** Padding left out; loss where a label is no negative number. */
  static List<EncodedDialogue> of(SafetensorsFile file) {
    long[] shape = file.tensor("input_ids").spec().shape();
    long[] ids = file.readLongs("input_ids");
    long[] mask = file.readLongs("attention_mask");
    long[] labels = file.readLongs("labels");
    int width = (int) shape[1];
    List<EncodedDialogue> rows = new ArrayList<>();
    for (int b = 0; b < shape[0]; b++) {
      int[] row = new int[width];
      boolean[] loss = new boolean[width];
      int n = 0;
      for (int i = b * width; i < (b + 1) * width; i++) {
        if (mask[i] != 0) {
          row[n] = (int) ids[i];
          loss[n++] = labels[i] >= 0;
        }
      }
      rows.add(new EncodedDialogue(Arrays.copyOf(row, n), Arrays.copyOf(loss, n)));
    }
    return rows;
  }
}
