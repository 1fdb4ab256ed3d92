package org.plumbline.sft.classify;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.data.DataSplit;
import org.plumbline.stage.UserException;

/** Which classes there are, and which output is whose. */
final class Labels {
  private Labels() {}

  /**
   * The names given, else all that occur, sorted.
   *
   * @throws UserException for a single class
   */
  static List<String> of(List<String> names, Stream<String> found) {
    Set<String> occurring = found.collect(Collectors.toCollection(TreeSet::new));
    if (names.isEmpty() && occurring.size() < 2) {
      throw new UserException(
          "the data knows the label %s only; two or more are needed".formatted(occurring));
    }
    return names.isEmpty() ? List.copyOf(occurring) : names;
  }

  /**
   * Output numbers of a row's classes.
   *
   * @throws UserException naming row and class if there is no such output
   */
  static int[] outputs(List<String> labels, String id, Collection<String> names) {
    return names.stream()
        .mapToInt(
            name -> {
              int output = labels.indexOf(name);
              if (output < 0) {
                throw new UserException(
                    "row %s has the label \"%s\", which is none of %s. A class missing in labels, or another model's data?"
                        .formatted(id, name, labels));
              }
              return output;
            })
        .toArray();
  }

  /**
   * The loss's factors by output.
   *
   * @throws UserException if a weighted class does not exist
   */
  static double[] weights(List<String> labels, Map<String, Double> weights) {
    weights.keySet().stream()
        .filter(name -> !labels.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UserException(
                  "classify.class_weights.%s: no such class; there are %s".formatted(name, labels));
            });
    return labels.stream().mapToDouble(name -> weights.getOrDefault(name, 1.0)).toArray();
  }

  /** All rows of a split, one after the other. */
  static <T> Stream<T> all(DataSplit<T> data) {
    return Stream.of(data.train(), data.validation(), data.test()).flatMap(List::stream);
  }
}
