package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.stage.UserException;

/** Reads the texts of a set to follow: the held-out part of what is split, all of what is not. */
final class HeldOutTexts {
  private HeldOutTexts() {}

  /** How a stage reads and splits what it learns from. */
  interface Splitter {
    DataSplit<Demonstration> split(Path place, double validationShare) throws IOException;
  }

  /**
   * At most as many texts as the set asks for.
   *
   * @param learned whether the stage trains on the same data
   * @param validationShare that is held out of it
   */
  static List<Demonstration> of(
      HeldOutConfig set, boolean learned, Path place, double validationShare, Splitter splitter)
      throws IOException {
    boolean part = learned || TrainingTexts.isArtifact(place);
    DataSplit<Demonstration> split = splitter.split(place, part ? validationShare : 0);
    List<Demonstration> all = part ? split.validation() : split.train();
    if (all.isEmpty()) {
      throw new UserException(
          "held_out: %s=%s holds no text%s"
              .formatted(
                  set.name(),
                  set.data(),
                  part
                      ? " in its held-out part, validation_share=%s of it; raise that share"
                          .formatted(validationShare)
                      : ""));
    }
    int most = set.documents() == 0 ? all.size() : Math.min(all.size(), set.documents());
    return all.subList(0, most);
  }
}
